package org.shyperlab.emulator.debug.aarch64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.emulator.debug.Disassembler;
import org.shyperlab.emulator.debug.InstructionSet;

class SystemRegistersTest {
    @ParameterizedTest
    @EnumSource(SysReg.class)
    void everyRegisterOfTheCoreIsInTheTableUnderItsName(SysReg register) {
        assertThat(SystemRegisters.name(register.encoding())).isEqualTo(register.name());
    }

    @Test
    void namesAreUnique() {
        assertThat(SystemRegisters.all())
                .extracting(SystemRegisters.Row::name)
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(480);
    }

    /** Capstone names registers from Arm's own machine-readable description, so it is a second opinion on the table. */
    @Test
    void theDisassemblerUsesTheSameNames() {
        Disassembler disassembler = Disassembler.of(InstructionSet.A64);
        assumeTrue(disassembler.knowsInstructions(), "Capstone is not installed: scripts/shyper doctor --install");
        List<String> differences = new ArrayList<>();
        int compared = 0;
        for (SystemRegisters.Row row : SystemRegisters.all()) {
            int write = 0xd5000000 | row.encoding() << 5;
            String asWrite = disassembler.at(write, 0);
            String asRead = disassembler.at(write | 1 << 21, 0);
            String generic = SysReg.genericName(row.encoding()).toLowerCase(Locale.ROOT);
            if (asRead.contains(generic) && asWrite.contains(generic)) {
                continue; // younger than Capstone's table
            }
            String name = row.name().toLowerCase(Locale.ROOT).split("/")[0];
            if (!(asWrite + " " + asRead).contains(name)) {
                differences.add(row + ": " + asWrite + " | " + asRead);
            }
            compared++;
        }
        assertThat(compared).isGreaterThan(485);
        assertThat(differences).isEmpty();
    }
}
