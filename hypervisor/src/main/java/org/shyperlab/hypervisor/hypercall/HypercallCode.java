package org.shyperlab.hypervisor.hypercall;

/** Hypercalls that this hypervisor implements: {@code function << 8 | event}, with Rust-Shyper's numbers. */
public final class HypercallCode {
    /** SYS TEST: prints a line on the hypervisor's console. */
    public static final long SYS_TEST = 0x004;

    /** VMM LIST_VM: writes a {@link VmInfoList} to the IPA in the first argument. */
    public static final long LIST_VM = 0x100;

    /** VMM GET_VM_ID: writes the caller's VM id, 8 bytes, to the IPA in the first argument. */
    public static final long GET_VM_ID = 0x108;

    /** Result of a call that failed or is unknown. */
    public static final long ERROR = -1;

    private HypercallCode() {}

    /** Whether the code is one of those implemented. */
    public static boolean isKnown(long code) {
        return code == SYS_TEST || code == LIST_VM || code == GET_VM_ID;
    }
}
