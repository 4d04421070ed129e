package org.shyperlab.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.debug.aarch64.A64TrapReference;
import org.shyperlab.emulator.debug.riscv64.Rv64TrapReference;

/**
 * {@code docs/traps.md} is made from the same tables that put traps into words. When they change, write it anew with
 * {@code mvn -pl emulator test -Dtest=TrapReferenceTest -Dshyperlab.regenerate=true}.
 */
class TrapReferenceTest {
    private static final Path FILE = Path.of("../docs/traps.md");

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

    private static String reference() {
        ReferenceText text = new ReferenceText();
        text.line("# Trap reference");
        text.paragraph(
                "Written by `TrapReferenceTest` from the tables that the emulator puts traps into words with; do not edit it by hand.");
        trapKinds(text);
        text.paragraph("# AArch64");
        A64TrapReference.write(text);
        text.paragraph("# RISC-V");
        Rv64TrapReference.write(text);
        return text.toString();
    }

    private static void trapKinds(ReferenceText text) {
        text.section(
                "Kinds of world switches",
                "The names in tables, traces and `--stats`, with the exceptions that they stand for.",
                "| name | what | ESR_EL2.EC | scause |");
        for (TrapKind kind : TrapKind.values()) {
            text.line("| `%s` | %s | %s | %s |"
                    .formatted(
                            kind.label(), meaning(kind), A64TrapReference.codes(kind), Rv64TrapReference.codes(kind)));
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
            case IRQ -> "physical interrupt taken to EL2 or HS";
        };
    }
}
