package org.shyperlab.emulator.debug.aarch64;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.debug.ReferenceText;

/** AArch64's part of the trap reference. */
public final class A64TrapReference {
    private A64TrapReference() {}

    /** Writes the part. */
    public static void write(ReferenceText text) {
        exceptionClasses(text);
        faultStatusCodes(text);
        trapControls(text);
    }

    /** The exception classes of a kind of trap. */
    public static String codes(TrapKind kind) {
        return switch (kind) {
            case HVC -> code(ExceptionClass.HVC);
            case SMC -> code(ExceptionClass.SMC);
            case WAIT -> code(ExceptionClass.WFX);
            case SYSTEM_REGISTER -> code(ExceptionClass.SYSTEM);
            case DATA_ABORT -> code(ExceptionClass.DATA_ABORT_LOWER);
            case INSTRUCTION_ABORT -> code(ExceptionClass.INSTRUCTION_ABORT_LOWER);
            case OTHER -> "all others";
            case ECALL, GUEST_PAGE_FAULT, GUEST_FETCH_FAULT, VIRTUAL_INSTRUCTION, ILLEGAL_INSTRUCTION, IRQ -> "";
        };
    }

    private static String code(ExceptionClass exceptionClass) {
        return "0x%02x".formatted(exceptionClass.code());
    }

    private static void exceptionClasses(ReferenceText text) {
        text.section(
                "Exception classes",
                "ESR_ELx.EC, bits 31:26 (Arm ARM D24.2.40). The last column is what `trace` and failure reports say of an example.",
                "| EC | class | example syndrome | in words, taken to EL2 |");
        for (ExceptionClass exceptionClass : ExceptionClass.values()) {
            int syndrome = example(exceptionClass);
            text.line("| %s | %s | 0x%08x | %s |"
                    .formatted(code(exceptionClass), exceptionClass.title(), syndrome, Syndromes.atEl2(syndrome)));
        }
    }

    /** A syndrome with an ISS that shows something where the class has one worth showing. */
    private static int example(ExceptionClass exceptionClass) {
        int iss = switch (exceptionClass) {
            case SYSTEM -> SyndromesTest.systemAccess(0xc100, 5, false) & 0x1ffffff;
            case DATA_ABORT_LOWER -> 0x1830046;
            case DATA_ABORT_SAME -> 0x0000047;
            case INSTRUCTION_ABORT_LOWER -> 0x0000087;
            case CP14_DOUBLE_MOVE -> 0x0001;
            case HVC -> 0x4a48;
            case BRK -> 0x0001;
            case FLOATING_POINT -> 0x800002;
            default -> 0;
        };
        return exceptionClass.code() << 26 | 1 << 25 | iss;
    }

    private static void faultStatusCodes(ReferenceText text) {
        text.section("Fault status codes", "DFSC and IFSC, bits 5:0 of an abort's syndrome.", "| code | fault |");
        for (int status = 0; status < 64; status++) {
            String words = FaultStatus.inWords(status);
            if (!words.startsWith("reserved")) {
                text.line("| 0x%02x | %s |".formatted(status, words));
            }
        }
    }

    private static void trapControls(ReferenceText text) {
        text.section(
                "System register traps",
                "What makes EL2 trap an access of EL1, and the registers and system instructions that it concerns.",
                "| on read | on write | registers |");
        for (TrapControl control : TrapControl.values()) {
            String names = SystemRegisters.all().stream()
                    .filter(row -> row.control() == control)
                    .map(SystemRegisters.Row::name)
                    .collect(Collectors.joining(", "));
            assertThat(names).as("registers that " + control + " traps").isNotEmpty();
            text.line("| %s | %s | %s |".formatted(control.condition(true), control.condition(false), names));
        }
    }
}
