package org.shyperlab.emulator.engine;

/** Offsets in the block of native memory that each core shares with its machine-code stubs. */
final class CoreBlock {
    /** Virtual time in cycles, without the instructions of the block that is running. */
    static final int NOW = 0;
    /** Instructions of the block that is running, added to NOW when it is over. */
    static final int RUNNING = 8;
    /** Virtual address of the block that is running. */
    static final int BLOCK_ADDRESS = 16;
    /** When NOW reaches this (unsigned), the block hook takes its slow path. */
    static final int LIMIT = 24;
    /** Code address of the slow path. */
    static final int SLOW_PATH = 32;

    static final int ENV = 40;
    static final int CPU = 48;
    /** Code address of the architectural exception entry to EL1. */
    static final int ENTER_EL1 = 56;
    /** Code address of the upcall for exceptions to EL2. */
    static final int EXCEPTION = 64;
    /** Exceptions that the guest took to its own EL1, counted. */
    static final int GUEST_EXCEPTIONS = 72;
    /** Counter ticks per cycle as a fraction of 2^64. */
    static final int COUNTER_FACTOR = 80;
    /** Address of the last counter value seen by the cores that share a guest. */
    static final int COUNTER_FLOOR = 88;
    /** Index of the engine, for upcalls. */
    static final int ENGINE = 96;
    /** RV64: address of the table of {@link #COUNTS} instruction counts. */
    static final int COUNT_TABLE = 104;
    /** RV64: code address of the counting of a block that is not in the table. */
    static final int COUNT_MISS = 112;
    /** RV64: 1 when the guest takes system calls from user mode itself. */
    static final int NATIVE_CALLS = 120;
    /** RV64: ticks added to the count that the time CSR shows (htimedelta). */
    static final int TIME_DELTA = 128;
    /** RV64: which of the counter CSRs (bit = number & 31) supervisor mode may read. */
    static final int COUNTERS = 136;

    static final int SIZE = 192;

    /** Entries of the instruction count table: a power of two. */
    static final int COUNTS = 1 << 17;
    /** An entry: virtual address of the block; low half of the address of the call in translated code; count, and size in bits 31:16. */
    static final int COUNT_ADDRESS = 0;

    static final int COUNT_CALLER = 8;
    static final int COUNT_VALUE = 12;
    static final int COUNT_ENTRY = 16;

    /** A counter block, one each for the physical and the virtual counter: the core block's address. */
    static final int COUNTER_CORE = 0;
    /** A counter block: ticks subtracted from the physical count (0, or CNTVOFF_EL2). */
    static final int COUNTER_OFFSET = 8;

    static final int COUNTER_SIZE = 16;

    private CoreBlock() {}
}
