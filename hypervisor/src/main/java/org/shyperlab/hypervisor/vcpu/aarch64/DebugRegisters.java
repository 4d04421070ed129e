package org.shyperlab.hypervisor.vcpu.aarch64;

import org.shyperlab.emulator.core.aarch64.SysReg;

/**
 * A vCPU's hardware breakpoints and watchpoints: DBGBVR, DBGBCR, DBGWVR and DBGWCR (Arm ARM D23.3), which trap so that no world switch
 * has to carry them and no VM finds another's. They keep what is written and never match, as the core's own.
 */
final class DebugRegisters {
    /** As ID_AA64DFR0_EL1 of the core says. */
    private static final int BREAKPOINTS = 6;

    private static final int WATCHPOINTS = 4;
    /** op2 of DBGBVR, DBGBCR, DBGWVR and DBGWCR. */
    private static final int FIRST_KIND = 4;

    private static final int FIRST_WATCHPOINT_KIND = 6;
    private static final int KINDS = 4;
    private static final int DEBUG = SysReg.encode(2, 0, 0, 0, 0);
    private static final int NUMBER_AND_KIND = 0x7f;

    private final long[] values = new long[BREAKPOINTS * KINDS];

    /** Index of the register with this encoding, or -1 when it is none of these. */
    static int index(int encoding) {
        int kind = encoding & 7;
        int number = encoding >> 3 & 15;
        int count = kind < FIRST_WATCHPOINT_KIND ? BREAKPOINTS : WATCHPOINTS;
        boolean exists = (encoding & ~NUMBER_AND_KIND) == DEBUG && kind >= FIRST_KIND && number < count;
        return exists ? number * KINDS + kind - FIRST_KIND : -1;
    }

    long get(int index) {
        return values[index];
    }

    void set(int index, long value) {
        values[index] = value;
    }
}
