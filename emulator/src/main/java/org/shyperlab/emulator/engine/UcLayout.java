package org.shyperlab.emulator.engine;

/** Offsets in the uc_engine structure and the CPUState of Unicorn 2.1.1, whatever the architecture. */
final class UcLayout {
    static final int INIT_TARGET_PAGE = 656;
    static final int TARGET_PAGE_BITS = 664;
    static final int TRANSLATOR = 744;
    static final int NO_EXIT_REQUEST = 0x7da;

    /** 4 KiB pages: with the library's default of 1 KiB for AArch64, every TLBI by address flushes the whole TLB. */
    static final int PAGE_BITS_4K = 12;

    // CPUState, from the field that holds the env pointer; the fields before differ between hosts (sigjmp_buf)
    static final int ENV_POINTER_TO_ICOUNT_DECREMENTER = 8;

    private UcLayout() {}
}
