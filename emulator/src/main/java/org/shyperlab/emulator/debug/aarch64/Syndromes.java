package org.shyperlab.emulator.debug.aarch64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.aarch64.SysReg;

/**
 * Exception syndromes (ESR_ELx) in words: one sentence that says what happened, which control sent it here where that is known, and
 * the exception class. Every 32-bit value has a sentence.
 */
final class Syndromes {
    private static final int LEVEL_1 = 1;
    private static final int LEVEL_2 = 2;
    private static final String[] WAITS = {"WFI", "WFE", "WFIT", "WFET"};
    private static final String[] ERETS = {"ERET", "ERET", "ERETAA", "ERETAB"};
    private static final String[] SME_REASONS = {
        "SME instruction",
        "instruction that is illegal in Streaming SVE mode",
        "instruction that needs Streaming SVE mode",
        "access to ZA while PSTATE.ZA=0",
        "access to ZT0"
    };
    private static final String[] SERROR_TYPES = {
        "uncontainable",
        "unrecoverable state",
        "restartable state",
        "recoverable state",
        "type 4",
        "type 5",
        "corrected",
        "type 7"
    };
    private static final String[] FLOATING_POINT_EXCEPTIONS = {
        "invalid operation", "division by zero", "overflow", "underflow", "inexact", "", "", "input denormal"
    };

    private Syndromes() {}

    /** ESR_EL2 of an exception that EL1 or EL0 caused (HCR_EL2.TGE=0) and that was taken to EL2. */
    static String atEl2(int syndrome) {
        return sentence(syndrome, LEVEL_2);
    }

    /** ESR_EL1: an exception that was taken to EL1. */
    static String atEl1(int syndrome) {
        return sentence(syndrome, LEVEL_1);
    }

    private static String sentence(int syndrome, int level) {
        ExceptionClass exceptionClass = ExceptionClass.of(syndrome);
        if (exceptionClass == null) {
            return "reserved exception class with ISS 0x%07x (EC 0x%02x)"
                    .formatted(syndrome & 0x1ffffff, syndrome >>> 26);
        }
        String what = describe(exceptionClass, syndrome, level);
        String where = "(EC 0x%02x, %s)".formatted(exceptionClass.code(), exceptionClass.title());
        return what.isEmpty() ? where.substring(1, where.length() - 1) : what + " " + where;
    }

    /** What the ISS adds to the class's title; empty when it adds nothing. */
    private static String describe(ExceptionClass exceptionClass, int iss, int level) {
        return switch (exceptionClass) {
            case WFX -> WAITS[iss & 3] + waitControl(iss, level);
            case CP10_MOVE -> "VMRS into r%d".formatted(iss >>> 5 & 15);
            case CP15_MOVE, CP14_MOVE -> coprocessorMove(exceptionClass, iss);
            case CP15_DOUBLE_MOVE, CP14_DOUBLE_MOVE -> coprocessorDoubleMove(exceptionClass, iss);
            case CP14_TRANSFER -> "%s p14, c5, [r%d]".formatted((iss & 1) != 0 ? "LDC" : "STC", iss >>> 5 & 15);
            case SIMD, SVE ->
                level == LEVEL_2
                        ? "use of SIMD, SVE or floating point while CPTR_EL2 traps it"
                        : "use of SIMD, SVE or floating point while CPACR_EL1 traps it";
            case LS64 -> (iss & 3) == 0 ? "ST64BV" : (iss & 3) == 1 ? "ST64BV0" : "LD64B or ST64B";
            case BRANCH_TARGET ->
                "indirect branch with BTYPE=%d to an instruction that is no target of it".formatted(iss & 3);
            case SVC, SVC32 -> "SVC #%d".formatted(iss & 0xffff);
            case HVC, HVC32 -> "HVC #%d".formatted(iss & 0xffff);
            case SMC -> "SMC #%d while HCR_EL2.TSC=1".formatted(iss & 0xffff);
            case SMC32 -> "SMC while HCR_EL2.TSC=1";
            case SYSTEM -> systemAccess(iss, level);
            case ERET -> ERETS[iss & 3] + " while HCR_EL2.NV=1";
            case POINTER_AUTHENTICATION_TRAP -> "pointer authentication while HCR_EL2.API=0";
            case POINTER_AUTHENTICATION_FAILURE ->
                "wrong signature of %s pointer with key %s"
                        .formatted((iss & 2) != 0 ? "a data" : "an instruction", (iss & 1) != 0 ? "B" : "A");
            case SME -> (iss & 7) < SME_REASONS.length ? SME_REASONS[iss & 7] : "SME reason " + (iss & 7);
            case INSTRUCTION_ABORT_LOWER,
                    INSTRUCTION_ABORT_SAME,
                    DATA_ABORT_LOWER,
                    DATA_ABORT_SAME,
                    GRANULE_PROTECTION -> AbortSyndromes.inWords(exceptionClass, iss, level == LEVEL_2);
            case WATCHPOINT_LOWER, WATCHPOINT_SAME -> "watched address " + ((iss & 1 << 6) != 0 ? "written" : "read");
            case STEP_LOWER, STEP_SAME ->
                (iss & 1 << 24) != 0 && (iss & 1 << 6) != 0
                        ? "stepped over a load-exclusive"
                        : "one instruction stepped";
            case MEMORY_COPY -> (iss & 1 << 24) != 0 ? "memory set (SET*)" : "memory copy (CPY*)";
            case FLOATING_POINT, FLOATING_POINT32 -> floatingPoint(iss);
            case SERROR -> serror(iss);
            case BRK -> "BRK #%d".formatted(iss & 0xffff);
            case BKPT32 -> "BKPT #%d".formatted(iss & 0xffff);
            case UNKNOWN,
                    ILLEGAL_STATE,
                    SYSTEM_128,
                    TRANSACTION,
                    IMPLEMENTATION_DEFINED,
                    PC_ALIGNMENT,
                    SP_ALIGNMENT,
                    CONTROL_STACK,
                    BREAKPOINT_LOWER,
                    BREAKPOINT_SAME,
                    VECTOR_CATCH32,
                    PROFILING -> "";
        };
    }

    private static String waitControl(int iss, int level) {
        boolean forEvent = (iss & 1) != 0;
        if (level == LEVEL_2) {
            return forEvent ? " while HCR_EL2.TWE=1" : " while HCR_EL2.TWI=1";
        }
        return forEvent ? " at EL0 while SCTLR_EL1.nTWE=0" : " at EL0 while SCTLR_EL1.nTWI=0";
    }

    private static String systemAccess(int iss, int level) {
        boolean isRead = (iss & 1) != 0;
        int encoding = SysReg.encode(iss >>> 20 & 3, iss >>> 14 & 7, iss >>> 10 & 15, iss >>> 1 & 15, iss >>> 17 & 7);
        SystemRegisters.Row row = SystemRegisters.of(encoding);
        String name = SystemRegisters.name(encoding);
        String access = access(name, encoding, isRead, register(iss >>> 5 & 31, true));
        return who(name, level) + " " + access + control(row, isRead, level);
    }

    private static String access(String name, int encoding, boolean isRead, String register) {
        boolean isInstruction = encoding >> 14 == 1;
        if (isInstruction) {
            return "executed %s, %s".formatted(name, register);
        }
        return isRead ? "read %s into %s".formatted(name, register) : "wrote %s from %s".formatted(name, register);
    }

    /** Who it must have been: registers of EL1 and above are undefined at EL0 and do not trap from there. */
    private static String who(String name, int level) {
        if (level == LEVEL_1) {
            return "EL0";
        }
        return name.endsWith("_EL1") || name.endsWith("_EL2") || name.startsWith("TLBI") ? "EL1" : "the guest";
    }

    private static String control(SystemRegisters.@Nullable Row row, boolean isRead, int level) {
        TrapControl control = row == null ? null : row.control();
        return control == null || level != LEVEL_2 ? "" : " while " + control.condition(isRead);
    }

    private static String coprocessorMove(ExceptionClass exceptionClass, int iss) {
        int coprocessor = coprocessor(exceptionClass);
        return "%s p%d, %d, r%d, c%d, c%d, %d"
                .formatted(
                        (iss & 1) != 0 ? "MRC" : "MCR",
                        coprocessor,
                        iss >>> 14 & 7,
                        iss >>> 5 & 15,
                        iss >>> 10 & 15,
                        iss >>> 1 & 15,
                        iss >>> 17 & 7);
    }

    private static String coprocessorDoubleMove(ExceptionClass exceptionClass, int iss) {
        return "%s p%d, %d, r%d, r%d, c%d"
                .formatted(
                        (iss & 1) != 0 ? "MRRC" : "MCRR",
                        coprocessor(exceptionClass),
                        iss >>> 16 & 15,
                        iss >>> 5 & 15,
                        iss >>> 10 & 15,
                        iss >>> 1 & 15);
    }

    private static int coprocessor(ExceptionClass exceptionClass) {
        return switch (exceptionClass) {
            case CP15_MOVE, CP15_DOUBLE_MOVE -> 15;
            default -> 14;
        };
    }

    private static String floatingPoint(int iss) {
        if ((iss & 1 << 23) == 0) {
            return "which exceptions is not told (TFV=0)";
        }
        StringBuilder all = new StringBuilder();
        for (int bit = 0; bit < FLOATING_POINT_EXCEPTIONS.length; bit++) {
            if ((iss & 1 << bit) != 0 && !FLOATING_POINT_EXCEPTIONS[bit].isEmpty()) {
                all.append(all.isEmpty() ? "" : ", ").append(FLOATING_POINT_EXCEPTIONS[bit]);
            }
        }
        return all.toString();
    }

    private static String serror(int iss) {
        if ((iss & 1 << 24) != 0) {
            return "implementation defined syndrome 0x%06x".formatted(iss & 0xffffff);
        }
        return (iss & 0x3f) == 0x11
                ? "asynchronous error, " + SERROR_TYPES[iss >>> 10 & 7]
                : "asynchronous error, uncategorized";
    }

    /** A general register as an assembler writes it: {@code x3}, {@code w3}, {@code xzr}, {@code wzr}. */
    static String register(int number, boolean wide) {
        String prefix = wide ? "x" : "w";
        return number == 31 ? prefix + "zr" : prefix + number;
    }
}
