package org.shyperlab.emulator.engine;

/**
 * Where Unicorn 2.1.1 keeps the state of an RV64 core. Offsets in bytes from CPURISCVState ("env") and from the uc_engine structure.
 * {@link Rv64LayoutCheck} verifies them against the loaded library before they are used.
 */
final class Rv64Layout {
    // env
    static final int X = 0;
    static final int F = 256;
    static final int PC = 512;
    static final int LOAD_RESERVATION = 520;
    static final int BAD_ADDRESS = 544;
    static final int MISA = 568;
    static final int PRIVILEGE = 592;
    static final int MSTATUS = 624;
    static final int MIP = 632;
    static final int MIE = 648;
    static final int MIDELEG = 656;
    static final int SATP = 672;
    static final int STVAL = 680;
    static final int MEDELEG = 696;
    static final int STVEC = 704;
    static final int SEPC = 712;
    static final int SCAUSE = 720;
    static final int SCOUNTEREN = 952;
    static final int MCOUNTEREN = 960;
    static final int SSCRATCH = 968;
    /** mtohost: no CSR leads to it, so it holds the address of the core's {@link CoreBlock}, for the CSR operations. */
    static final int CORE_BLOCK = 992;

    static final int DEBUGGER = 1536;

    // cpu, from the exception index
    static final int EXCEPTION_INDEX_TO_HALTED = -8;

    // uc_engine
    static final int UC_INVALID_ADDRESS = 0x570;
    static final int UC_INVALID_ERROR = 0x578;

    // riscv_csr_operations
    static final int OPERATIONS_SIZE = 32;
    static final int OPERATIONS_PREDICATE = 0;
    static final int OPERATIONS_READ = 8;
    static final int OPERATIONS_WRITE = 16;
    static final int OPERATIONS_BOTH = 24;

    private Rv64Layout() {}
}
