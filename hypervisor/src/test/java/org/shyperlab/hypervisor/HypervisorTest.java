package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.hypervisor.HypervisorOptions.WaitTrapping;
import org.shyperlab.hypervisor.vm.VmState;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;

/** The hypervisor on a real machine, with guests of a few instructions. */
class HypervisorTest {
    private static final long RESULTS = 0x4010_0000L;

    private static VmSetup emulated(String name, long cores, int master, byte[] code) {
        return TestBoard.setup(TestBoard.vm(name, cores, master, true), code);
    }

    private static long guestLong(TestBoard board, Hypervisor hypervisor, int vm, long ipa) {
        long physical = ((A64Vm) hypervisor.vms().get(vm)).memory().physical(ipa, 8);
        return board.machine.bus().read(-1, physical, 8);
    }

    @Test
    void aGuestTalksOnItsEmulatedConsoleWithPlainAndPairStoresAndSwitchesTheMachineOff() {
        try (TestBoard board = new TestBoard(1)) {
            board.boot(emulated("hello", 1, 0, Guests.HELLO));
            assertThat(board.run(10 * TestBoard.MILLISECOND)).isEqualTo(StopReason.POWER_OFF);
            assertThat(board.console(0)).isEqualTo("hi");
            assertThat(board.states).containsEntry(0, VmState.OFF);
            assertThat(board.boardConsole).isEmpty();
        }
    }

    @Test
    void everyTrapIsCountedByKindAndRemembered() {
        try (TestBoard board = new TestBoard(1)) {
            board.boot(emulated("hello", 1, 0, Guests.HELLO));
            board.run(10 * TestBoard.MILLISECOND);
            assertThat(board.vcpu(0, 0).traps(TrapKind.DATA_ABORT)).isEqualTo(5);
            assertThat(board.vcpu(0, 0).traps(TrapKind.SMC)).isEqualTo(1);
            assertThat(board.vcpu(0, 0).recentTraps().entries())
                    .hasSize(6)
                    .last()
                    .satisfies(last -> assertThat(last.kind()).isEqualTo(TrapKind.SMC));
        }
    }

    @Test
    void hypercallsAndPowerControlAnswerAsTheirSpecificationsSay() {
        try (TestBoard board = new TestBoard(2)) {
            Hypervisor hypervisor =
                    board.boot(emulated("calls", 0b11, 0, Guests.CALLS), emulated("other", 1, 0, Guests.SPIN));
            board.run(300 * TestBoard.MILLISECOND);
            List<Long> results = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                results.add(guestLong(board, hypervisor, 0, RESULTS + 8L * i));
            }
            assertThat(results)
                    .containsExactly(
                            0L, // SYS TEST
                            0L, // LIST_VM
                            0L, // GET_VM_ID
                            -3L, // GET_VM_ID to where there is no RAM
                            -3L, // SHUTDOWN_VM of a number that no VM can have
                            0x1_0001L, // PSCI version by HVC
                            0x1_0001L, // PSCI version by SMC
                            -2L, // CPU_ON of nobody
                            -4L, // CPU_ON of oneself
                            -9L, // CPU_ON at an address without RAM
                            1L, // AFFINITY_INFO: off
                            0L, // CPU_ON
                            -4L, // CPU_ON again
                            1L, // AFFINITY_INFO after CPU_OFF
                            0L, // FEATURES of CPU_ON
                            -1L, // FEATURES of MIGRATE
                            2L, // MIGRATE_INFO_TYPE
                            0x1_0001L, // SMCCC version
                            -1L, // an unknown function
                            0L); // nothing more
            assertThat(board.messages).contains("HVC SYS TEST");
            assertThat(guestLong(board, hypervisor, 0, 0x4030_0000L))
                    .as("its own id")
                    .isZero();
            assertThat(guestLong(board, hypervisor, 0, 0x4020_0000L))
                    .as("number of VMs")
                    .isEqualTo(2);
            assertThat(guestLong(board, hypervisor, 0, 0x4020_0008L))
                    .as("id 0, name")
                    .isEqualTo(0x6c6c_6163_0000_0000L);
            assertThat(guestLong(board, hypervisor, 0, 0x4040_0000L))
                    .as("context of CPU_ON in X0")
                    .isEqualTo(0x77);
            assertThat(board.errors)
                    .as("asking for what is not there is no mistake")
                    .noneMatch(error -> error.contains("0xc400ffff"));
        }
    }

    @Test
    void noGuestSwitchesTheBoardOffWhileAnotherRuns() {
        try (TestBoard board = new TestBoard(1)) {
            Hypervisor hypervisor =
                    board.boot(emulated("first", 1, 0, Guests.OFF), emulated("second", 1, 0, Guests.SPIN));
            assertThat(board.run(50 * TestBoard.MILLISECOND)).isEqualTo(StopReason.LIMIT);
            assertThat(board.states).containsEntry(0, VmState.OFF).containsEntry(1, VmState.ACTIVE);
            assertThat(guestLong(board, hypervisor, 1, RESULTS)).isGreaterThan(1_000_000);
        }
    }

    @Test
    void twoGuestsThatNeverWaitShareACoreEvenlyInSlicesOfTenMilliseconds() {
        try (TestBoard board = new TestBoard(1)) {
            Hypervisor hypervisor =
                    board.boot(emulated("first", 1, 0, Guests.SPIN), emulated("second", 1, 0, Guests.SPIN));
            board.run(205 * TestBoard.MILLISECOND);
            long first = guestLong(board, hypervisor, 0, RESULTS);
            long second = guestLong(board, hypervisor, 1, RESULTS);
            assertThat((double) first / (first + second)).isBetween(0.48, 0.55);
            assertThat(board.gic.acknowledged(0))
                    .as("timer interrupts of the slices")
                    .isBetween(19L, 21L);
        }
    }

    @Test
    void aGuestAloneOnItsCoreIsNeverInterruptedByTheScheduler() {
        try (TestBoard board = new TestBoard(1)) {
            board.boot(emulated("only", 1, 0, Guests.SPIN));
            board.run(100 * TestBoard.MILLISECOND);
            assertThat(board.gic.acknowledged(0)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"SHARED_CORES,0", "ALWAYS,100"})
    void theGuestsTimerWakesItFromWaitWhetherThatTrapsOrNot(WaitTrapping trapping, int atLeastWaitTraps) {
        try (TestBoard board = new TestBoard(1)) {
            Hypervisor hypervisor = board.boot(
                    new HypervisorOptions(false, 39, trapping, false, 8), emulated("ticks", 1, 0, Guests.TICKS));
            board.run(101 * TestBoard.MILLISECOND + TestBoard.MILLISECOND / 2);
            assertThat(guestLong(board, hypervisor, 0, RESULTS)).isEqualTo(101);
            assertThat(board.injected).containsEntry(27, 101);
            assertThat(board.vcpu(0, 0).traps(TrapKind.WAIT)).isBetween((long) atLeastWaitTraps, atLeastWaitTraps + 2L);
        }
    }

    @Test
    void timersOfGuestsThatShareACoreFireInTimeWhileTheOthersRun() {
        try (TestBoard board = new TestBoard(1)) {
            Hypervisor hypervisor = board.boot(
                    emulated("a", 1, 0, Guests.TICKS),
                    emulated("b", 1, 0, Guests.TICKS),
                    emulated("c", 1, 0, Guests.TICKS));
            board.run(100 * TestBoard.MILLISECOND + TestBoard.MILLISECOND / 2);
            for (int vm = 0; vm < 3; vm++) {
                assertThat(guestLong(board, hypervisor, vm, RESULTS))
                        .as("VM %d", vm)
                        .isBetween(99L, 100L);
            }
        }
    }

    @Test
    void aWaitingGuestGetsItsTurnBesideOneThatNeverWaits() {
        try (TestBoard board = new TestBoard(1)) {
            Hypervisor hypervisor =
                    board.boot(emulated("busy", 1, 0, Guests.SPIN), emulated("ticks", 1, 0, Guests.TICKS));
            board.run(400 * TestBoard.MILLISECOND);
            assertThat(guestLong(board, hypervisor, 1, RESULTS))
                    .as("a tick per slice of the busy one")
                    .isBetween(35L, 45L);
        }
    }

    @ParameterizedTest
    @CsvSource({"true,DATA_ABORT,data access", "false,INSTRUCTION_ABORT,instruction fetch"})
    void aGuestThatGoesWhereNothingIsIsStoppedWithAReportAndTheOtherRunsOn(boolean load, TrapKind kind, String reason) {
        byte[] code = load ? Guests.BADLOAD : Guests.BADJUMP;
        try (TestBoard board = new TestBoard(2)) {
            Hypervisor hypervisor = board.boot(emulated("good", 1, 0, Guests.TICKS), emulated("bad", 0b10, 1, code));
            assertThat(board.run(50 * TestBoard.MILLISECOND + 1000)).isEqualTo(StopReason.LIMIT);
            assertThat(board.states).containsEntry(0, VmState.ACTIVE).containsEntry(1, VmState.FAILED);
            assertThat(guestLong(board, hypervisor, 0, RESULTS)).isBetween(49L, 50L);
            assertThat(board.failures).singleElement().satisfies(report -> {
                assertThat(report.vmName()).isEqualTo("bad");
                assertThat(report.core()).isEqualTo(1);
                assertThat(report.kind()).isEqualTo(kind);
                assertThat(report.reason()).startsWith(reason);
                assertThat(report.ipa() & -0x1000).isEqualTo(0x1000_0000);
                assertThat(report.pc()).isEqualTo(load ? 0x4008_0004L : 0x1000_0000L);
                assertThat(report.exceptionLevel()).isEqualTo(1);
                assertThat(report.registers().get(1)).isEqualTo(0x1000_0000L);
                assertThat(report.recentTraps()).hasSize(1);
                assertThat(report.stageTwo())
                        .isNotNull()
                        .satisfies(walk -> assertThat(walk.steps()).isNotEmpty());
            });
        }
    }

    @Test
    void aGuestWithVectorsThatJumpsWhereNothingIsTakesTheExternalAbortOfTheBareBoard() {
        try (TestBoard board = new TestBoard(1)) {
            Hypervisor hypervisor = board.boot(emulated("jumper", 1, 0, Guests.HANDLED_BADJUMP));
            assertThat(board.run(TestBoard.MILLISECOND)).isEqualTo(StopReason.LIMIT);
            assertThat(board.failures).isEmpty();
            assertThat(guestLong(board, hypervisor, 0, RESULTS)).as("ESR_EL1").isEqualTo(0x8600_0010L);
            assertThat(guestLong(board, hypervisor, 0, RESULTS + 8))
                    .as("FAR_EL1")
                    .isEqualTo(0x1000_0000L);
            assertThat(guestLong(board, hypervisor, 0, RESULTS + 16))
                    .as("ELR_EL1")
                    .isEqualTo(0x1000_0000L);
        }
    }

    @Test
    void theMachineStopsWhenTheLastVmHasFailed() {
        try (TestBoard board = new TestBoard(1)) {
            board.boot(emulated("bad", 1, 0, Guests.BADLOAD));
            assertThat(board.run(50 * TestBoard.MILLISECOND)).isEqualTo(StopReason.POWER_OFF);
            assertThat(board.states).containsEntry(0, VmState.FAILED);
        }
    }

    @Test
    void aResetOfAGuestLoadsItAgainWithCleanMemoryAndLeavesTheOtherAlone() {
        try (TestBoard board = new TestBoard(1)) {
            Hypervisor hypervisor =
                    board.boot(emulated("first", 1, 0, Guests.SPIN), emulated("second", 1, 0, Guests.RESET));
            board.run(25 * TestBoard.MILLISECOND);
            assertThat(board.resets).containsKey(1);
            assertThat(board.resets.get(1)).isGreaterThan(1);
            assertThat(guestLong(board, hypervisor, 1, RESULTS))
                    .as("starts since its memory was zeroed")
                    .isLessThanOrEqualTo(1);
            assertThat(board.states).containsEntry(0, VmState.ACTIVE);
        }
    }

    @Test
    void aResetOfTheManagementVmResetsTheBoard() {
        try (TestBoard board = new TestBoard(1)) {
            board.boot(emulated("first", 1, 0, Guests.RESET), emulated("second", 1, 0, Guests.SPIN));
            assertThat(board.run(50 * TestBoard.MILLISECOND)).isEqualTo(StopReason.RESET);
        }
    }

    @Test
    void aGuestThatOwnsItsInterruptsTakesThemWithoutATrap() {
        try (TestBoard board = new TestBoard(2)) {
            Hypervisor hypervisor = board.boot(emulated("other", 1, 0, Guests.TICKS), TestBoard.realTime(Guests.TICKS));
            board.run(50 * TestBoard.MILLISECOND + TestBoard.MILLISECOND / 2);
            assertThat(guestLong(board, hypervisor, 1, RESULTS)).isEqualTo(50);
            assertThat(board.vcpu(1, 0).traps(TrapKind.IRQ)).isZero();
            assertThat(board.vcpu(1, 0).traps(TrapKind.DATA_ABORT))
                    .as("GICD_CTLR and GICD_ISENABLER0")
                    .isEqualTo(2);
            assertThat(board.vcpu(0, 0).traps(TrapKind.IRQ)).isPositive();
        }
    }

    @Test
    void anUnknownSystemRegisterIsAnUndefinedInstructionForTheGuestAndAnErrorForUs() {
        try (TestBoard board = new TestBoard(1)) {
            Hypervisor hypervisor = board.boot(emulated("spin", 1, 0, Guests.SPIN));
            board.run(TestBoard.MILLISECOND);
            A64Core core = board.machine.core(0);
            core.set(SysReg.VBAR_EL1, 0x4009_0000L);
            long pc = core.pc();
            int readOfS3C15 = 0x18 << 26 | 1 << 25 | 3 << 20 | 7 << 17 | 15 << 10 | 9 << 1 | 1;
            hypervisor.trap(core, new A64Trap.SystemRegisterAccess().set(readOfS3C15));
            assertThat(core.pc()).isEqualTo(0x4009_0200L);
            assertThat(core.get(SysReg.ESR_EL1)).isEqualTo(1 << 25);
            assertThat(core.get(SysReg.ELR_EL1)).isEqualTo(pc);
            assertThat(board.errors)
                    .singleElement()
                    .asString()
                    .contains("VM 0 vCPU 0: read of system register S3_0_C15_C9_7");
        }
    }

    @Test
    void twoRunsOfTheSameVmsAreTheSameRun() {
        List<Object> first = fingerprint();
        assertThat(fingerprint()).isEqualTo(first);
    }

    private static List<Object> fingerprint() {
        try (TestBoard board = new TestBoard(2)) {
            Hypervisor hypervisor = board.boot(
                    emulated("a", 0b11, 0, Guests.CALLS),
                    emulated("b", 1, 0, Guests.TICKS),
                    emulated("c", 0b10, 1, Guests.SPIN));
            board.run(60 * TestBoard.MILLISECOND);
            return List.of(
                    board.machine.instructions(),
                    guestLong(board, hypervisor, 1, RESULTS),
                    guestLong(board, hypervisor, 2, RESULTS),
                    board.vcpu(0, 0).recentTraps().entries(),
                    board.gic.acknowledged(0),
                    board.gic.acknowledged(1));
        }
    }
}
