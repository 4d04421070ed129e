package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;

/** What a VM takes of the board's memory. */
class VmMemoryTest {
    private static final long BLOCK = 2 << 20;
    private static final long PAGE = 4096;

    /** A table of the last level maps 2 MiB; the levels above it and devices need a few more. RISC-V's root has 16 KiB. */
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aVmTakesItsRamAndTablesOfOnePageForTwoMebibytesAndAFewMore(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            Hypervisor hypervisor = board.boot(board.counting("first", 1, 0));
            VmBuilder.Ledger before = hypervisor.control().ledger();
            Vm vm = hypervisor.control().create(board.counting("second", 0b10, 1));
            VmBuilder.Ledger after = hypervisor.control().ledger();
            long ram = vm.config().memory().stream()
                    .mapToLong(MemoryRegion::length)
                    .sum();
            assertThat(before.freeRam() - after.freeRam()).isEqualTo(ram);
            assertThat(before.freeTables() - after.freeTables()).isBetween(PAGE, (ram / BLOCK + 16) * PAGE);
        }
    }
}
