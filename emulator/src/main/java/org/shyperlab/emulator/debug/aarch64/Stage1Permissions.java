package org.shyperlab.emulator.debug.aarch64;

import org.shyperlab.emulator.debug.PageWalk.Access;

/** What a stage-1 mapping allows: the leaf's bits, restricted by the tables above it and by SCTLR_EL1.WXN (Arm ARM D8.4). */
final class Stage1Permissions {
    private static final long PXN_TABLE = 1L << 59;
    private static final long UXN_TABLE = 1L << 60;
    private static final long NO_EL0_TABLE = 1L << 61;
    private static final long READ_ONLY_TABLE = 1L << 62;
    private static final long EL0_ACCESS = 1 << 6;
    private static final long READ_ONLY = 1 << 7;
    private static final long PXN = 1L << 53;
    private static final long UXN = 1L << 54;

    private final boolean writableIsNotExecutable;
    private boolean el0Access = true;
    private boolean writable = true;
    private boolean el1Executable = true;
    private boolean el0Executable = true;

    Stage1Permissions(boolean writableIsNotExecutable) {
        this.writableIsNotExecutable = writableIsNotExecutable;
    }

    /** Takes away what a table descriptor takes away from all that is below it. */
    void restrict(long table) {
        el0Access &= (table & NO_EL0_TABLE) == 0;
        writable &= (table & READ_ONLY_TABLE) == 0;
        el1Executable &= (table & PXN_TABLE) == 0;
        el0Executable &= (table & UXN_TABLE) == 0;
    }

    /** Takes away what the block or page descriptor takes away, and what follows from write permission. */
    void leaf(long descriptor) {
        el0Access &= (descriptor & EL0_ACCESS) != 0;
        writable &= (descriptor & READ_ONLY) == 0;
        boolean el0Writable = el0Access && writable;
        // EL1 never executes what EL0 may write.
        el1Executable &= (descriptor & PXN) == 0 && !el0Writable && !(writable && writableIsNotExecutable);
        el0Executable &= (descriptor & UXN) == 0 && !(el0Writable && writableIsNotExecutable);
    }

    boolean allows(Access access, boolean atEl0) {
        return switch (access) {
            case READ -> !atEl0 || el0Access;
            case WRITE -> writable && (!atEl0 || el0Access);
            case FETCH -> atEl0 ? el0Executable : el1Executable;
        };
    }

    /** For example {@code EL1 rw-, EL0 r-x}. */
    String inWords() {
        return "EL1 r%s%s, EL0 %s%s%s"
                .formatted(
                        writable ? "w" : "-",
                        el1Executable ? "x" : "-",
                        el0Access ? "r" : "-",
                        writable && el0Access ? "w" : "-",
                        el0Executable ? "x" : "-");
    }

    /** What a table descriptor takes away, as the end of a phrase. */
    static String table(long descriptor) {
        return ((descriptor & READ_ONLY_TABLE) != 0 ? ", all below read-only" : "")
                + ((descriptor & NO_EL0_TABLE) != 0 ? ", nothing below for EL0" : "")
                + ((descriptor & UXN_TABLE) != 0 ? ", nothing below executable at EL0" : "")
                + ((descriptor & PXN_TABLE) != 0 ? ", nothing below executable at EL1" : "");
    }
}
