package org.shyperlab.hypervisor.vcpu.riscv64;

/**
 * A load or store as htinst describes it (Privileged ISA, hypervisor extension, "Transformed Instruction"). Holds what was decoded
 * last; one for all vCPUs.
 */
final class LoadStore {
    private static final int LOAD = 0x03;
    private static final int STORE = 0x23;
    /** Bit 1 is clear when the instruction was compressed. */
    private static final int NOT_COMPRESSED = 2;

    /** Bytes accessed: 1, 2, 4 or 8. */
    int size;
    /** Whether it loads. */
    boolean load;
    /** The register that is loaded or stored. */
    int register;

    private boolean signed;

    /** Decodes htinst; false when it is no plain load or store of a general register. */
    boolean decode(int htinst) {
        int function = htinst >>> 12 & 7;
        size = 1 << (function & 3);
        signed = function < 4;
        switch ((htinst | NOT_COMPRESSED) & 0x7f) {
            case LOAD -> {
                load = true;
                register = htinst >>> 7 & 31;
                return function != 7;
            }
            case STORE -> {
                load = false;
                register = htinst >>> 20 & 31;
                return function <= 3;
            }
            default -> {
                return false;
            }
        }
    }

    /** What a load puts into its register. */
    long extend(long value) {
        int unused = 64 - size * 8;
        return signed ? value << unused >> unused : value << unused >>> unused;
    }

    /** What a store writes, of a register's value. */
    long truncate(long value) {
        int unused = 64 - size * 8;
        return value << unused >>> unused;
    }
}
