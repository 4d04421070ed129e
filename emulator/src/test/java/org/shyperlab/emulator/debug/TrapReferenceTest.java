package org.shyperlab.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.TrapKind;

/**
 * {@code docs/traps.md} is made from the same tables that decode syndromes. When they change, write it anew with
 * {@code mvn -pl emulator test -Dtest=TrapReferenceTest -Dshyperlab.regenerate=true}.
 */
class TrapReferenceTest {
    private static final Path FILE = Path.of("../docs/traps.md");

    private final List<String> lines = new ArrayList<>();

    @Test
    void theCommittedTrapReferenceIsWhatTheTablesSay() throws IOException {
        String expected = reference();
        if (Boolean.getBoolean("shyperlab.regenerate")) {
            Files.writeString(FILE, expected);
        }
        assertThat(Files.readString(FILE))
                .as(
                        "docs/traps.md; to write it anew: mvn -pl emulator test -Dtest=TrapReferenceTest -Dshyperlab.regenerate=true")
                .isEqualTo(expected);
    }

    private String reference() {
        lines.add("# Trap reference (AArch64)");
        lines.add("");
        lines.add(
                "Written by `TrapReferenceTest` from the tables that the emulator decodes syndromes with; do not edit it by hand.");
        trapKinds();
        exceptionClasses();
        faultStatusCodes();
        trapControls();
        return String.join("\n", lines) + "\n";
    }

    private void section(String title, String introduction, String header) {
        lines.addAll(List.of("", "## " + title, "", introduction, "", header));
        lines.add(header.replaceAll("[^|]+", "---"));
    }

    private void trapKinds() {
        section(
                "Kinds of world switches",
                "The names in tables, traces and `--stats`.",
                "| name | what | exception classes; scause |");
        for (TrapKind kind : TrapKind.values()) {
            lines.add("| `%s` | %s | %s |".formatted(kind.label(), meaning(kind), classes(kind)));
        }
    }

    private static String meaning(TrapKind kind) {
        return switch (kind) {
            case HVC -> "the guest calls its hypervisor";
            case SMC -> "the guest calls the firmware (PSCI)";
            case WAIT -> "the guest has nothing to do: WFI or WFE";
            case SYSTEM_REGISTER -> "access to a system register, or a system instruction, that EL2 keeps for itself";
            case DATA_ABORT -> "load or store that stage 2 refuses: an emulated device, or a mistake of the guest";
            case INSTRUCTION_ABORT -> "instruction fetch that stage 2 refuses";
            case ECALL -> "the guest calls its firmware (SBI)";
            case GUEST_PAGE_FAULT ->
                "load or store that the G stage refuses: an emulated device, or a mistake of the guest";
            case GUEST_FETCH_FAULT -> "instruction fetch that the G stage refuses";
            case VIRTUAL_INSTRUCTION -> "an instruction or CSR that HS keeps for itself";
            case ILLEGAL_INSTRUCTION -> "an instruction that does not exist, when hedeleg sends it to HS";
            case OTHER -> "any other exception that is routed to EL2 or HS";
            case IRQ -> "physical interrupt taken to EL2 or HS; it has no exception class";
        };
    }

    private static String classes(TrapKind kind) {
        return switch (kind) {
            case HVC -> code(ExceptionClass.HVC);
            case SMC -> code(ExceptionClass.SMC);
            case WAIT -> code(ExceptionClass.WFX) + "; scause 22";
            case ECALL -> "scause 10";
            case GUEST_PAGE_FAULT -> "scause 21, 23";
            case GUEST_FETCH_FAULT -> "scause 20";
            case VIRTUAL_INSTRUCTION -> "scause 22";
            case ILLEGAL_INSTRUCTION -> "scause 2";
            case SYSTEM_REGISTER -> code(ExceptionClass.SYSTEM);
            case DATA_ABORT -> code(ExceptionClass.DATA_ABORT_LOWER);
            case INSTRUCTION_ABORT -> code(ExceptionClass.INSTRUCTION_ABORT_LOWER);
            case OTHER -> "all others";
            case IRQ -> "none";
        };
    }

    private static String code(ExceptionClass exceptionClass) {
        return "0x%02x".formatted(exceptionClass.code());
    }

    private void exceptionClasses() {
        section(
                "Exception classes",
                "ESR_ELx.EC, bits 31:26 (Arm ARM D24.2.40). The last column is what `trace` and failure reports say of an example.",
                "| EC | class | example syndrome | in words, taken to EL2 |");
        for (ExceptionClass exceptionClass : ExceptionClass.values()) {
            int syndrome = example(exceptionClass);
            lines.add("| %s | %s | 0x%08x | %s |"
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

    private void faultStatusCodes() {
        section("Fault status codes", "DFSC and IFSC, bits 5:0 of an abort's syndrome.", "| code | fault |");
        for (int status = 0; status < 64; status++) {
            String words = FaultStatus.inWords(status);
            if (!words.startsWith("reserved")) {
                lines.add("| 0x%02x | %s |".formatted(status, words));
            }
        }
    }

    private void trapControls() {
        section(
                "System register traps",
                "What makes EL2 trap an access of EL1, and the registers and system instructions that it concerns.",
                "| on read | on write | registers |");
        for (TrapControl control : TrapControl.values()) {
            String names = SystemRegisters.all().stream()
                    .filter(row -> row.control() == control)
                    .map(SystemRegisters.Row::name)
                    .collect(Collectors.joining(", "));
            assertThat(names).as("registers that " + control + " traps").isNotEmpty();
            lines.add("| %s | %s | %s |".formatted(control.condition(true), control.condition(false), names));
        }
    }
}
