package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.hypervisor.RiscvTestBoard.MILLISECOND;
import static org.shyperlab.hypervisor.RiscvTestBoard.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vm.VmState;

class RiscvHypervisorTest {
    private static final long SBI_2_0 = 2L << 24;
    private static final long INVALID_PARAMETER = -3;
    private static final long INVALID_ADDRESS = -5;

    @Test
    void sbiAndHypercallsAnswerAndNothingLeavesTheVm() {
        try (RiscvTestBoard board = new RiscvTestBoard(3).boot(vm("calls", 0b110, 1, false, RiscvGuests.CALLS))) {
            assertThat(board.run(100 * MILLISECOND)).isEqualTo(StopReason.POWER_OFF);
            List<Long> results = new ArrayList<>();
            for (int n = 0; n < 15; n++) {
                results.add(board.result(0, n));
            }
            assertThat(results)
                    .containsExactly(
                            0L, // hart number
                            0L, // SYS TEST
                            0L, // LIST_VM
                            -3L, // GET_VM_ID to where no RAM is
                            -3L, // SHUTDOWN_VM of a number that no VM can have
                            SBI_2_0,
                            INVALID_PARAMETER, // IPI to a hart of the board that is not the VM's
                            INVALID_PARAMETER, // RFENCE to hart 64
                            INVALID_ADDRESS, // hart 1 to where no RAM is
                            INVALID_PARAMETER, // hart 5
                            1L, // hart 1 is stopped
                            2L, // hgatp is an illegal instruction
                            0L, // hart 1 starts
                            0L, // IPI to hart 1
                            3L); // bytes written
            assertThat(board.result(0, 32)).as("argument of hart 1").isEqualTo(77);
            assertThat(board.result(0, 33)).as("number of hart 1").isEqualTo(1);
            assertThat(board.result(0, 34)).as("software interrupt of hart 1").isEqualTo(2);
            assertThat(board.console(0)).isEqualTo("hi\n");
            assertThat(board.messages).contains("HVC SYS TEST");
            assertThat(board.errors)
                    .hasSize(2)
                    .first()
                    .asString()
                    .isEqualTo(
                            "VM 0 vCPU 0: hypercall GET_VM_ID, an argument is wrong: id_ipa: 0x10000000 + 0x8 is not RAM"
                                    + " of VM 0");
            assertThat(board.failures).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGuestsTimerTicksAtItsVeryRateBySbiAndBySstc(boolean sstc) {
        byte[] guest = sstc ? RiscvGuests.SSTC : RiscvGuests.TICKS;
        try (RiscvTestBoard board = new RiscvTestBoard(1).boot(vm("ticks", 1, 0, false, guest))) {
            assertThat(board.run(200 * MILLISECOND)).isEqualTo(StopReason.LIMIT);
            assertThat(board.result(0, 0)).isBetween(198L, 200L);
            assertThat(board.traps(0, 0, TrapKind.ECALL)).isEqualTo(sstc ? 0 : board.result(0, 0) + 1);
            assertThat(board.traps(0, 0, TrapKind.WAIT)).as("alone on its hart").isZero();
            assertThat(board.failures).isEmpty();
        }
    }

    @Test
    void vmsOnOneHartShareItAndEachKeepsItsTimer() {
        try (RiscvTestBoard board = new RiscvTestBoard(1)
                .boot(
                        vm("spin", 1, 0, false, RiscvGuests.SPIN),
                        vm("ticks", 1, 0, false, RiscvGuests.TICKS),
                        vm("spin2", 1, 0, false, RiscvGuests.SPIN))) {
            assertThat(board.run(300 * MILLISECOND)).isEqualTo(StopReason.LIMIT);
            long first = board.result(0, 0);
            long second = board.result(2, 0);
            assertThat((double) first / second).isBetween(0.9, 1.1);
            assertThat(board.result(1, 0))
                    .as("ticks, one at least for each turn")
                    .isBetween(13L, 35L);
            assertThat(board.failures).isEmpty();
        }
    }

    @Test
    void idleVmsOnOneHartWakeEachOtherUpForNothing() {
        try (RiscvTestBoard board = new RiscvTestBoard(1)
                .boot(vm("ticks", 1, 0, false, RiscvGuests.TICKS), vm("sstc", 1, 0, false, RiscvGuests.SSTC))) {
            assertThat(board.run(200 * MILLISECOND)).isEqualTo(StopReason.LIMIT);
            assertThat(board.result(0, 0)).isBetween(196L, 200L);
            assertThat(board.result(1, 0)).isBetween(196L, 200L);
            assertThat(board.traps(0, 0, TrapKind.WAIT)).isPositive();
        }
    }

    @Test
    void aDevicesInterruptReachesItsVmThroughTheVirtualPlic() {
        try (RiscvTestBoard board = new RiscvTestBoard(2)
                .boot(vm("uart", 0b10, 1, true, RiscvGuests.UART), vm("ticks", 1, 0, false, RiscvGuests.OFF))) {
            assertThat(board.run(100 * MILLISECOND)).isEqualTo(StopReason.POWER_OFF);
            assertThat(board.boardConsole).hasToString("abc");
            assertThat(board.result(0, 0)).isEqualTo(RiscvTestBoard.UART_SOURCE);
            assertThat(board.result(0, 1)).isEqualTo(3);
            assertThat(board.result(0, 2)).as("enables read back").isEqualTo(0x400);
            assertThat(board.interrupts).isNotEmpty().allMatch(source -> source == RiscvTestBoard.UART_SOURCE);
            assertThat(Objects.requireNonNull(board.plic).claimed(1))
                    .as("hart 0")
                    .isZero();
            assertThat(board.injected).hasSameSizeAs(board.interrupts).containsOnly(Rv64Vcpu.EXTERNAL_INTERRUPT);
            assertThat(board.errors).isEmpty();
            assertThat(board.failures).isEmpty();
        }
    }

    @Test
    void aGuestThatAccessesNowhereFailsAndTheOthersRunOn() {
        try (RiscvTestBoard board = new RiscvTestBoard(1)
                .boot(
                        vm("load", 1, 0, false, RiscvGuests.BADLOAD),
                        vm("jump", 1, 0, false, RiscvGuests.BADJUMP),
                        vm("amo", 1, 0, false, RiscvGuests.BADCAS),
                        vm("ticks", 1, 0, false, RiscvGuests.TICKS))) {
            assertThat(board.run(100 * MILLISECOND)).isEqualTo(StopReason.LIMIT);
            assertThat(board.failures)
                    .extracting(FailureReport::reason)
                    .containsExactly(
                            "data access to an address where the VM has neither memory nor a device",
                            "instruction fetch from an address where the VM has no executable memory",
                            "access to an emulated device by an instruction that is no plain load or store (htinst 0x00c0252f)");
            assertThat(board.failures)
                    .extracting(FailureReport::ipa)
                    .containsExactly(0x5000_0008L, 0x5000_0000L, RiscvTestBoard.PLIC);
            assertThat(board.failures).extracting(FailureReport::syndrome).containsExactly(21, 20, 23);
            assertThat(board.states)
                    .containsEntry(0, VmState.FAILED)
                    .containsEntry(2, VmState.FAILED)
                    .containsEntry(3, VmState.ACTIVE);
            assertThat(board.result(3, 0)).isGreaterThan(90);
        }
    }

    @Test
    void aVmThatResetsStartsOverAndTheManagementVmResetsTheBoard() {
        try (RiscvTestBoard board = new RiscvTestBoard(1)
                .boot(vm("ticks", 1, 0, false, RiscvGuests.TICKS), vm("reset", 1, 0, false, RiscvGuests.RESET))) {
            assertThat(board.run(5_000)).isEqualTo(StopReason.LIMIT);
            assertThat(board.console(1)).matches("r{3,}");
            assertThat(board.states).containsEntry(0, VmState.ACTIVE);
        }
        try (RiscvTestBoard board = new RiscvTestBoard(1).boot(vm("reset", 1, 0, false, RiscvGuests.RESET))) {
            assertThat(board.run(MILLISECOND)).isEqualTo(StopReason.RESET);
            assertThat(board.console(0)).isEqualTo("r");
        }
    }

    @Test
    void twoRunsAreAlikeToTheInstruction() {
        List<Long> counts = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            try (RiscvTestBoard board = new RiscvTestBoard(2)
                    .boot(
                            vm("calls", 0b11, 0, false, RiscvGuests.CALLS),
                            vm("ticks", 0b10, 1, false, RiscvGuests.TICKS))) {
                board.run(10 * MILLISECOND);
                counts.add(board.machine.core(0).instructions()
                        + 1000 * board.machine.core(1).instructions());
            }
        }
        assertThat(counts.get(0)).isPositive().isEqualTo(counts.get(1));
    }
}
