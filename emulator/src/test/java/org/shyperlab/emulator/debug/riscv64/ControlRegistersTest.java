package org.shyperlab.emulator.debug.riscv64;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.core.riscv64.Csr;

class ControlRegistersTest {
    @ParameterizedTest
    @EnumSource(Csr.class)
    void everyRegisterOfTheHartIsInTheTableUnderItsName(Csr csr) {
        assertThat(ControlRegisters.name(csr.number())).isEqualTo(csr.assemblyName());
    }

    @Test
    void namesAreUnique() {
        assertThat(ControlRegisters.all().values()).doesNotHaveDuplicates().hasSizeGreaterThan(290);
    }

    @Test
    void aRegisterWithoutANameIsItsNumber() {
        assertThat(ControlRegisters.name(0x7c0)).isEqualTo("0x7c0");
    }
}
