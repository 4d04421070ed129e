package org.shyperlab.emulator.debug.aarch64;

import org.jspecify.annotations.Nullable;

/** The exception classes that AArch64 reports in ESR_ELx.EC, bits 31:26 (Arm ARM D24.2.40). */
enum ExceptionClass {
    UNKNOWN(0x00, "unknown reason: usually an undefined instruction"),
    WFX(0x01, "WFI or WFE trap"),
    CP15_MOVE(0x03, "AArch32 MCR or MRC to coprocessor 15"),
    CP15_DOUBLE_MOVE(0x04, "AArch32 MCRR or MRRC to coprocessor 15"),
    CP14_MOVE(0x05, "AArch32 MCR or MRC to coprocessor 14"),
    CP14_TRANSFER(0x06, "AArch32 LDC or STC to coprocessor 14"),
    SIMD(0x07, "SIMD, SVE or floating-point trap"),
    CP10_MOVE(0x08, "AArch32 VMRS trap"),
    POINTER_AUTHENTICATION_TRAP(0x09, "pointer authentication instruction trap"),
    LS64(0x0a, "LD64B or ST64B trap"),
    CP14_DOUBLE_MOVE(0x0c, "AArch32 MRRC to coprocessor 14"),
    BRANCH_TARGET(0x0d, "branch target exception"),
    ILLEGAL_STATE(0x0e, "illegal execution state"),
    SVC32(0x11, "SVC instruction in AArch32"),
    HVC32(0x12, "HVC instruction in AArch32"),
    SMC32(0x13, "SMC instruction trap in AArch32"),
    SYSTEM_128(0x14, "MSRR, MRRS or 128-bit system instruction trap"),
    SVC(0x15, "SVC instruction"),
    HVC(0x16, "HVC instruction"),
    SMC(0x17, "SMC instruction trap"),
    SYSTEM(0x18, "MSR, MRS or system instruction trap"),
    SVE(0x19, "SVE trap"),
    ERET(0x1a, "ERET trap"),
    TRANSACTION(0x1b, "TSTART trap"),
    POINTER_AUTHENTICATION_FAILURE(0x1c, "pointer authentication failure"),
    SME(0x1d, "SME trap"),
    GRANULE_PROTECTION(0x1e, "granule protection check exception"),
    IMPLEMENTATION_DEFINED(0x1f, "implementation defined exception to EL3"),
    INSTRUCTION_ABORT_LOWER(0x20, "instruction abort from a lower exception level"),
    INSTRUCTION_ABORT_SAME(0x21, "instruction abort without a change of exception level"),
    PC_ALIGNMENT(0x22, "PC alignment fault"),
    DATA_ABORT_LOWER(0x24, "data abort from a lower exception level"),
    DATA_ABORT_SAME(0x25, "data abort without a change of exception level"),
    SP_ALIGNMENT(0x26, "SP alignment fault"),
    MEMORY_COPY(0x27, "memory copy or memory set exception"),
    FLOATING_POINT32(0x28, "trapped floating-point exception in AArch32"),
    FLOATING_POINT(0x2c, "trapped floating-point exception"),
    CONTROL_STACK(0x2d, "guarded control stack exception"),
    SERROR(0x2f, "SError interrupt"),
    BREAKPOINT_LOWER(0x30, "breakpoint from a lower exception level"),
    BREAKPOINT_SAME(0x31, "breakpoint without a change of exception level"),
    STEP_LOWER(0x32, "software step from a lower exception level"),
    STEP_SAME(0x33, "software step without a change of exception level"),
    WATCHPOINT_LOWER(0x34, "watchpoint from a lower exception level"),
    WATCHPOINT_SAME(0x35, "watchpoint without a change of exception level"),
    BKPT32(0x38, "BKPT instruction in AArch32"),
    VECTOR_CATCH32(0x3a, "vector catch from AArch32"),
    BRK(0x3c, "BRK instruction"),
    PROFILING(0x3d, "performance monitor exception");

    private static final @Nullable ExceptionClass[] BY_CODE = new ExceptionClass[64];

    static {
        for (ExceptionClass value : values()) {
            BY_CODE[value.code] = value;
        }
    }

    private final int code;
    private final String title;

    ExceptionClass(int code, String title) {
        this.code = code;
        this.title = title;
    }

    /** ESR_ELx.EC. */
    int code() {
        return code;
    }

    /** What the class is, in words, without an article. */
    String title() {
        return title;
    }

    /** The class of a whole syndrome; null when the architecture reserves its code. */
    static @Nullable ExceptionClass of(int syndrome) {
        return BY_CODE[syndrome >>> 26];
    }
}
