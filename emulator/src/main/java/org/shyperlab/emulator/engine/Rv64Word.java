package org.shyperlab.emulator.engine;

/** The words of an RV64 core's state that Java reads and writes in place: no side effects, whatever the current privilege. */
public enum Rv64Word {
    /** mstatus; bits TVM, TW and TSR are where the engine has them: {@link Rv64Engine#TRAP_VIRTUAL_MEMORY} and following. */
    MSTATUS(Rv64Layout.MSTATUS),
    /** mip. To be changed through {@link Rv64Engine#pending} only. */
    MIP(Rv64Layout.MIP),
    /** mie. */
    MIE(Rv64Layout.MIE),
    /** mideleg. */
    MIDELEG(Rv64Layout.MIDELEG),
    /** medeleg. */
    MEDELEG(Rv64Layout.MEDELEG),
    /** satp. After a change: {@link Rv64Engine#flushTranslations}. */
    SATP(Rv64Layout.SATP),
    /** stvec. */
    STVEC(Rv64Layout.STVEC),
    /** sscratch. */
    SSCRATCH(Rv64Layout.SSCRATCH),
    /** sepc. */
    SEPC(Rv64Layout.SEPC),
    /** scause. */
    SCAUSE(Rv64Layout.SCAUSE),
    /** stval. */
    STVAL(Rv64Layout.STVAL),
    /** scounteren, 32 bits. */
    SCOUNTEREN(Rv64Layout.SCOUNTEREN),
    /** mcounteren, 32 bits. */
    MCOUNTEREN(Rv64Layout.MCOUNTEREN);

    private final int offset;

    Rv64Word(int offset) {
        this.offset = offset;
    }

    /** Offset in env. */
    int offset() {
        return offset;
    }
}
