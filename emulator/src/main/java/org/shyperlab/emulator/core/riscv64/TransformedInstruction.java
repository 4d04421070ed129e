package org.shyperlab.emulator.core.riscv64;

/**
 * htinst of a trapped load or store (Privileged ISA, hypervisor extension, "Transformed Instruction or Pseudoinstruction"): the
 * instruction with its address operands zero, expanded when it was compressed, which bit 1 then tells.
 */
final class TransformedInstruction {
    private static final int LOAD = 0x03;
    private static final int LOAD_FLOAT = 0x07;
    private static final int STORE = 0x23;
    private static final int STORE_FLOAT = 0x27;
    private static final int ATOMIC = 0x2f;
    private static final int WORD = 2 << 12;
    private static final int DOUBLE = 3 << 12;
    private static final int WAS_COMPRESSED = 2;

    private TransformedInstruction() {}

    /** The transformation, or 0 for what has none. The address offset (only of misaligned accesses) is zero. */
    static int of(int instruction) {
        if (!GuestCode.isLong(instruction)) {
            int expanded = expand(instruction & 0xffff);
            return expanded == 0 ? 0 : expanded & ~WAS_COMPRESSED;
        }
        return switch (instruction & 0x7f) {
            case LOAD, LOAD_FLOAT -> instruction & 0x0000_7fff;
            case STORE, STORE_FLOAT -> instruction & 0x01f0_707f;
            case ATOMIC -> instruction & ~0x000f_8000;
            default -> 0;
        };
    }

    /** A compressed load or store as the long instruction without its address; 0 for anything else. */
    private static int expand(int parcel) {
        int shortRegister = 8 + (parcel >> 2 & 7);
        int loaded = (parcel >> 7 & 31) << 7;
        int stored = (parcel >> 2 & 31) << 20;
        return switch (parcel >> 13 << 2 | parcel & 3) {
            case 1 << 2 -> LOAD_FLOAT | DOUBLE | shortRegister << 7; // c.fld
            case 2 << 2 -> LOAD | WORD | shortRegister << 7; // c.lw
            case 3 << 2 -> LOAD | DOUBLE | shortRegister << 7; // c.ld
            case 5 << 2 -> STORE_FLOAT | DOUBLE | shortRegister << 20; // c.fsd
            case 6 << 2 -> STORE | WORD | shortRegister << 20; // c.sw
            case 7 << 2 -> STORE | DOUBLE | shortRegister << 20; // c.sd
            case 1 << 2 | 2 -> LOAD_FLOAT | DOUBLE | loaded; // c.fldsp
            case 2 << 2 | 2 -> LOAD | WORD | loaded; // c.lwsp
            case 3 << 2 | 2 -> LOAD | DOUBLE | loaded; // c.ldsp
            case 5 << 2 | 2 -> STORE_FLOAT | DOUBLE | stored; // c.fsdsp
            case 6 << 2 | 2 -> STORE | WORD | stored; // c.swsp
            case 7 << 2 | 2 -> STORE | DOUBLE | stored; // c.sdsp
            default -> 0;
        };
    }

    /** Whether an instruction is an atomic read-modify-write or SC, which fault as stores do. LR is a load. */
    static boolean isAtomicStore(int instruction) {
        return (instruction & 0x7f) == ATOMIC && instruction >>> 27 != 2;
    }
}
