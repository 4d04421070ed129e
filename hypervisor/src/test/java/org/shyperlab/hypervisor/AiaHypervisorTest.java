package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.shyperlab.hypervisor.RiscvTestBoard.LINE_SOURCE;
import static org.shyperlab.hypervisor.RiscvTestBoard.MILLISECOND;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.hypervisor.RiscvTestBoard.Controller;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmState;

class AiaHypervisorTest {
    /** What a guest of ours does to set up one source: domaincfg, sourcecfg, target, setienum. */
    private static final long SETUP = 4;

    /** A device without registers that anybody would miss, whose interrupt the tests drive. */
    private static final VmConfig.Passthrough LINE = new VmConfig.Passthrough(
            "line", RiscvTestBoard.UART, new MemoryRegion(0x1000_1000L, 0x1000), List.of(LINE_SOURCE));

    private static VmSetup vm(String name, long bitmap, int master, byte[] code, VmConfig.Passthrough... devices) {
        return RiscvTestBoard.vm(name, bitmap, master, Controller.AIA, List.of(devices), code);
    }

    private static VmConfig.Passthrough file(long seenAt, int hart, int number) {
        long page = AiaTestInterrupts.FILES + hart * AiaTestInterrupts.HART_STRIDE + number * 0x1000L;
        return new VmConfig.Passthrough("imsic" + hart, page, new MemoryRegion(seenAt, 0x1000), List.of());
    }

    private static RiscvTestBoard board(int harts) {
        return new RiscvTestBoard(harts, Controller.AIA);
    }

    private static void pulse(InterruptLine line) {
        line.set(true);
        line.set(false);
    }

    @Test
    void aDevicesInterruptReachesItsVmWithoutAnyTrap() {
        try (RiscvTestBoard board = board(3).boot(
                        vm("uart", 0b10, 1, AiaGuests.AIA_UART, RiscvTestBoard.uart()),
                        vm("off", 1, 0, RiscvGuests.OFF))) {
            assertThat(board.run(100 * MILLISECOND)).isEqualTo(StopReason.POWER_OFF);
            assertThat(board.boardConsole).hasToString("abc");
            assertThat(board.result(0, 0)).as("identity").isEqualTo(5);
            assertThat(board.result(0, 1)).as("interrupts").isEqualTo(3);
            assertThat(board.traps(0, 0, TrapKind.GUEST_PAGE_FAULT)).isEqualTo(SETUP);
            assertThat(board.traps(0, 0, TrapKind.ECALL)).as("power-off").isEqualTo(1);
            assertThat(board.traps(0, 0, TrapKind.IRQ)).isZero();
            assertThat(board.traps(0, 0, TrapKind.WAIT)).isZero();
            assertThat(board.interrupts).isEmpty();
            assertThat(board.errors).isEmpty();
            assertThat(board.failures).isEmpty();
        }
    }

    @Test
    void theSameThroughAPlicCostsACountedNumberOfTraps() {
        try (RiscvTestBoard board = new RiscvTestBoard(2)
                .boot(
                        RiscvTestBoard.vm("uart", 0b10, 1, true, RiscvGuests.UART),
                        RiscvTestBoard.vm("off", 1, 0, false, RiscvGuests.OFF))) {
            assertThat(board.run(100 * MILLISECOND)).isEqualTo(StopReason.POWER_OFF);
            assertThat(board.boardConsole).hasToString("abc");
            long interrupts = board.result(0, 1);
            assertThat(interrupts).isEqualTo(3);
            assertThat(board.interrupts).hasSize((int) interrupts);
            assertThat(board.traps(0, 0, TrapKind.IRQ)).isEqualTo(interrupts);
            assertThat(board.traps(0, 0, TrapKind.GUEST_PAGE_FAULT))
                    .as("priority, enable twice, threshold; claim and completion of each")
                    .isEqualTo(4 + 2 * interrupts);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void interruptsOfTheBoardAndOfEmulatedDevicesReachASleepingGuestAlike(boolean passedThrough) {
        VmSetup setup =
                passedThrough ? vm("count", 1, 0, AiaGuests.AIA_COUNT, LINE) : vm("count", 1, 0, AiaGuests.AIA_COUNT);
        try (RiscvTestBoard board = board(1).boot(setup)) {
            InterruptLine line = passedThrough
                    ? board.source(LINE_SOURCE)
                    : board.vms.getFirst().line(LINE_SOURCE);
            for (int n = 1; n <= 20; n++) {
                board.run(n * MILLISECOND);
                assertThat(board.result(0, 0)).isEqualTo(n - 1);
                pulse(line);
            }
            board.run(30 * MILLISECOND);
            assertThat(board.result(0, 0)).isEqualTo(20);
            assertThat(board.result(0, 1)).isEqualTo(7);
            assertThat(board.traps(0, 0, TrapKind.GUEST_PAGE_FAULT)).isEqualTo(SETUP);
            assertThat(board.traps(0, 0, TrapKind.IRQ)).isZero();
            assertThat(board.vms.getFirst().vcpus().getFirst().interruptsInjected())
                    .isEqualTo(passedThrough ? 0 : 20);
        }
    }

    @Test
    void anInterruptForAWaitingVcpuTakesItsHartFromAnotherVm() {
        try (RiscvTestBoard board =
                board(1).boot(vm("spin", 1, 0, RiscvGuests.SPIN), vm("count", 1, 0, AiaGuests.AIA_COUNT, LINE))) {
            board.run(25 * MILLISECOND);
            for (int n = 1; n <= 10; n++) {
                pulse(board.source(LINE_SOURCE));
                board.run((25 + 20 * n) * MILLISECOND);
                assertThat(board.result(1, 0)).isEqualTo(n);
            }
            assertThat(board.traps(0, 0, TrapKind.IRQ))
                    .as("messages, and ends of slices")
                    .isBetween(20L, 25L);
            assertThat(board.traps(1, 0, TrapKind.WAIT)).isEqualTo(11);
            assertThat(board.result(0, 0)).isPositive();
        }
    }

    @Test
    void waitingVcpusOfOneHartAreWokenEachByItsOwnMessagesOnly() {
        try (RiscvTestBoard board = board(1).boot(
                        vm("one", 1, 0, AiaGuests.AIA_COUNT, LINE),
                        vm("two", 1, 0, AiaGuests.AIA_COUNT),
                        vm("ticks", 1, 0, RiscvGuests.SSTC))) {
            board.run(5 * MILLISECOND);
            pulse(board.source(LINE_SOURCE));
            board.run(6 * MILLISECOND);
            assertThat(board.result(0, 0)).isEqualTo(1);
            assertThat(board.result(1, 0)).isZero();
            pulse(board.vms.get(1).line(LINE_SOURCE));
            pulse(board.source(LINE_SOURCE));
            board.run(100 * MILLISECOND);
            assertThat(board.result(0, 0)).isEqualTo(2);
            assertThat(board.result(1, 0)).isEqualTo(1);
            assertThat(board.result(2, 0)).as("ticks").isBetween(97L, 100L);
            assertThat(board.traps(0, 0, TrapKind.WAIT)).isEqualTo(3);
            assertThat(board.traps(1, 0, TrapKind.WAIT)).isEqualTo(2);
        }
    }

    @Test
    void vcpusOfAVmSendEachOtherMessagesWithoutAnyTrap() {
        try (RiscvTestBoard board = board(2).boot(vm("ipi", 0b11, 0, AiaGuests.AIA_IPI))) {
            assertThat(board.run(100 * MILLISECOND)).isEqualTo(StopReason.POWER_OFF);
            assertIpis(board, 0);
            assertThat(board.traps(0, 0, TrapKind.GUEST_PAGE_FAULT)).isZero();
            assertThat(board.traps(0, 1, TrapKind.GUEST_PAGE_FAULT)).isZero();
            assertThat(board.traps(0, 0, TrapKind.WAIT)).isZero();
            assertThat(board.traps(0, 1, TrapKind.IRQ)).as("the order to stop").isEqualTo(1);
            assertThat(board.traps(0, 1, TrapKind.ECALL)).isZero();
        }
    }

    private static void assertIpis(RiscvTestBoard board, int vm) {
        assertThat(board.result(vm, 0)).as("answers").isEqualTo(100);
        assertThat(board.result(vm, 1)).as("messages").isEqualTo(100);
        assertThat(board.result(vm, 2)).as("identity").isEqualTo(3);
        assertThat(board.failures).isEmpty();
        assertThat(board.errors).isEmpty();
    }

    @Test
    void vmsOnTheSameHartsDoNotGetEachOthersMessages() {
        try (RiscvTestBoard board = board(2).boot(
                        vm("one", 0b11, 0, AiaGuests.AIA_IPI),
                        vm("two", 0b11, 1, AiaGuests.AIA_IPI),
                        vm("ticks", 0b10, 1, RiscvGuests.TICKS))) {
            board.run(300 * MILLISECOND);
            assertIpis(board, 0);
            assertIpis(board, 1);
            assertThat(board.states).containsEntry(0, VmState.OFF).containsEntry(1, VmState.OFF);
            assertThat(board.traps(0, 1, TrapKind.WAIT)).isPositive();
            assertThat(board.result(2, 0)).isGreaterThan(200);
        }
    }

    @Test
    void aConfigurationMayNameTheFilesAsTheRustShyperGuideDoes() {
        // One VM on harts 1 and 2, which believes that it has harts 0 and 1; guest file 2, as VM 1 has there.
        try (RiscvTestBoard board = board(3).boot(
                        vm("off", 1, 0, RiscvGuests.OFF),
                        vm("ipi", 0b110, 1, AiaGuests.AIA_IPI, file(0x2800_0000L, 1, 2), file(0x2800_4000L, 2, 2)))) {
            assertThat(board.vms.get(1).guestFile()).isEqualTo(2);
            assertThat(board.run(100 * MILLISECOND)).isEqualTo(StopReason.POWER_OFF);
            assertIpis(board, 1);
        }
    }

    @Test
    void aGuestThatSendsToAFileThatIsNotItsOwnIsStopped() {
        try (RiscvTestBoard board =
                board(1).boot(vm("foreign", 1, 0, AiaGuests.AIA_FOREIGN), vm("ticks", 1, 0, RiscvGuests.SSTC))) {
            board.run(20 * MILLISECOND);
            assertThat(board.failures).extracting(FailureReport::ipa).containsExactly(0x2800_1000L);
            assertThat(board.states).containsEntry(0, VmState.FAILED).containsEntry(1, VmState.ACTIVE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, is no guest interrupt file: hart 0 has its guest files 1 to 3 at 0x28001000",
        "1, 1, 'is a file of hart 1, and the VM has harts [0]'",
        "0, 2, guest interrupt file 2 of harts [0] belongs to VM 0 (other) already",
    })
    void filesThatAVmCannotHaveAreRefused(int hart, int number, String complaint) {
        try (RiscvTestBoard board = board(2)) {
            VmSetup other = vm("other", 1, 0, RiscvGuests.SPIN, file(0x2800_0000L, 0, 2));
            VmSetup wrong = vm("wrong", 1, 0, RiscvGuests.SPIN, file(0x2800_0000L, hart, number));
            assertThatThrownBy(() -> board.boot(other, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(complaint);
        }
    }

    @Test
    void aBoardWithThreeGuestFilesHasThreeVmsPerHartAndRemovedOnesGiveTheirsBack() {
        try (RiscvTestBoard board = board(2)) {
            VmSetup setup = vm("ticks", 1, 0, RiscvGuests.SSTC);
            Hypervisor hypervisor =
                    board.bootHypervisor(setup, vm("b", 1, 0, RiscvGuests.SSTC), vm("c", 1, 0, RiscvGuests.SSTC));
            board.run(MILLISECOND);
            assertThatThrownBy(() -> hypervisor.control().create(vm("d", 0b11, 0, RiscvGuests.SSTC)))
                    .hasMessageContaining("the board has 3 guest files per hart");
            for (int n = 1; n <= 5; n++) {
                Vm last = hypervisor.vms().getLast();
                hypervisor.control().remove(last);
                board.run((10L * n + 1) * MILLISECOND);
                Vm again = hypervisor.control().create(vm("d" + n, 1, 0, RiscvGuests.SSTC));
                assertThat(hypervisor.control().boot(again)).isTrue();
                board.run((10L * n + 5) * MILLISECOND);
            }
            assertThat(board.failures).isEmpty();
        }
    }

    @Test
    void aResetVmFindsItsFilesEmptyAndTheBoardSilent() {
        try (RiscvTestBoard board = board(1)) {
            Hypervisor hypervisor = board.bootHypervisor(
                    vm("ticks", 1, 0, RiscvGuests.SSTC), vm("count", 1, 0, AiaGuests.AIA_COUNT, LINE));
            board.run(5 * MILLISECOND);
            pulse(board.source(LINE_SOURCE));
            hypervisor.control().reset(board.vms.get(1));
            pulse(board.source(LINE_SOURCE));
            board.run(30 * MILLISECOND);
            assertThat(board.states).containsEntry(1, VmState.ACTIVE);
            assertThat(board.result(1, 0)).as("of before").isZero();
            pulse(board.source(LINE_SOURCE));
            board.run(60 * MILLISECOND);
            assertThat(board.result(1, 0)).isEqualTo(1);
        }
    }

    @Test
    void twoRunsAreAlikeToTheInstruction() {
        List<Long> counts = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            try (RiscvTestBoard board =
                    board(2).boot(vm("one", 0b11, 0, AiaGuests.AIA_IPI), vm("two", 0b11, 1, AiaGuests.AIA_IPI))) {
                board.run(40 * MILLISECOND);
                counts.add(board.machine.core(0).instructions()
                        + 1000 * board.machine.core(1).instructions());
            }
        }
        assertThat(counts.get(0)).isEqualTo(counts.get(1));
    }
}
