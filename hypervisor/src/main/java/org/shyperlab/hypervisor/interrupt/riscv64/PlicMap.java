package org.shyperlab.hypervisor.interrupt.riscv64;

/** Where the registers of a PLIC are (PLIC 1.0, "Memory Map"), and which context is which on boards with QEMU virt's layout. */
final class PlicMap {
    /** First enable word of context 0; one word for 32 sources. */
    static final long ENABLES = 0x2000;
    /** From one context's enables to the next one's. */
    static final long ENABLES_STRIDE = 0x80;
    /** First threshold. */
    static final long CONTEXTS = 0x20_0000;
    /** From one context's threshold and claim to the next one's. */
    static final long CONTEXT_STRIDE = 0x1000;
    /** The claim/complete register, from the threshold on. */
    static final long CLAIM = 4;
    /** First pending word; where the priorities end. */
    static final long PENDING = 0x1000;
    /** A hart has one context for M and one for S. */
    private static final int CONTEXTS_PER_HART = 2;

    private PlicMap() {}

    /** The context of a hart's supervisor external interrupt. */
    static int supervisorContext(int hart) {
        return CONTEXTS_PER_HART * hart + 1;
    }

    /** Whether a context is a supervisor's. */
    static boolean isSupervisor(int context) {
        return context % CONTEXTS_PER_HART == 1;
    }

    /** The hart that a context belongs to. */
    static int hart(int context) {
        return context / CONTEXTS_PER_HART;
    }

    /** The enable word of a context that has {@code source}. */
    static long enable(int context, int source) {
        return ENABLES + context * ENABLES_STRIDE + (source >>> 5) * 4L;
    }

    /** The claim/complete register of a context. */
    static long claim(int context) {
        return CONTEXTS + context * CONTEXT_STRIDE + CLAIM;
    }
}
