package org.shyperlab.emulator.engine;

/**
 * Where Unicorn 2.1.1 keeps the state of an AArch64 core. Offsets in bytes from CPUARMState ("env") and from CPUState
 * ("cpu"). {@link A64LayoutCheck} verifies them against the loaded library before they are used.
 */
final class A64Layout {
    // env
    static final int R15 = 60;
    static final int X = 64;
    static final int PC = 320;
    static final int PSTATE = 328;
    static final int AARCH64 = 332;
    static final int CF = 520;
    static final int VF = 524;
    static final int NF = 528;
    static final int ZF = 532;
    static final int BTYPE = 552;
    static final int DAIF = 560;
    static final int SP_EL = 600;
    static final int HPFAR_EL2 = 1080;
    static final int EXCEPTION_SYNDROME = 3024;
    static final int EXCEPTION_ADDRESS = 3032;
    static final int EXCEPTION_TARGET = 3040;
    static final int EXCLUSIVE_ADDRESS = 12032;
    static final int REGISTER_TABLE = 12736;
    /** Lists of functions to call before and after a change of the exception level: {function, opaque, next}. */
    static final int BEFORE_LEVEL_CHANGE = 13264;

    static final int AFTER_LEVEL_CHANGE = 13272;

    // ARMCPRegInfo
    static final int REGISTER_STATE = 16;
    static final int REGISTER_TYPE = 20;
    static final int REGISTER_OPAQUE = 32;
    /** What a constant register reads as. */
    static final int REGISTER_RESET = 40;

    static final int REGISTER_FIELD = 48;
    static final int REGISTER_READ = 80;
    static final int REGISTER_WRITE = 88;
    static final int REGISTER_RAW_READ = 96;
    static final int REGISTER_STATE_AA32 = 0;
    /** ARM_CP_CONST: reads as its reset value, ignores writes. */
    static final int REGISTER_TYPE_CONSTANT = 2;
    /** ARM_CP_SPECIAL and ARM_CP_CONST: there is no field. */
    static final int REGISTER_TYPE_SPECIAL = 1 | REGISTER_TYPE_CONSTANT;
    /** ARM_CP_NO_RAW alone: a register with nothing special, neither constant nor no-operation. */
    static final int REGISTER_TYPE_PLAIN = 0x80;

    private A64Layout() {}
}
