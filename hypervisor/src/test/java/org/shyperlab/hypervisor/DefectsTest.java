package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.riscv64.Rv64Trap;
import org.shyperlab.emulator.machine.A64Machine;
import org.shyperlab.emulator.machine.Rv64Machine;
import org.shyperlab.hypervisor.code.A64Assembler;
import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Rv64Assembler;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.VmState;

/** Defects of the original that show on a machine only; {@code docs/defects.md} has all of them. */
class DefectsTest {
    /** Defect 1: the queue of what other cores ask for is a stack. */
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void whatOtherCoresAskForIsServedInTheOrderInWhichItWasAsked(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VmControl control = board.boot(
                            board.counting("first", 1, 0),
                            board.counting("a", 2, 1),
                            board.counting("b", 2, 1),
                            board.counting("c", 2, 1))
                    .control();
            board.run(1);
            control.pause(control.vms().get(3));
            control.pause(control.vms().get(1));
            control.pause(control.vms().get(2));
            PhysicalCore core = control.vms().get(1).vcpus().get(0).home();
            List<Integer> served = new ArrayList<>();
            for (Vcpu next = core.nextRequest(); next != null; next = core.nextRequest()) {
                served.add(next.vm());
            }
            assertThat(served).containsExactly(3, 1, 2);
        }
    }

    private static Trap unknown(LifeBoard board) {
        // An exception class and a cause that are reserved.
        return board instanceof LifeBoard.Rv64
                ? new Rv64Trap.Other().set(14, 0)
                : new A64Trap.Other().set(0x2a << 26, 0);
    }

    private static Core core(LifeBoard board, int index) {
        return board.machine() instanceof A64Machine machine
                ? machine.core(index)
                : ((Rv64Machine) board.machine()).core(index);
    }

    /** Defect 8: an exception that the hypervisor does not know makes it panic. */
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void anExceptionThatNobodyKnowsStopsItsVmAndNoOther(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            Hypervisor hypervisor = board.boot(board.counting("first", 1, 0), board.counting("odd", 2, 1));
            board.run(1);
            hypervisor.trap(core(board, 1), unknown(board));
            assertThat(hypervisor.vms().get(1).state()).isEqualTo(VmState.FAILED);
            assertThat(board.failures()).singleElement().satisfies(report -> {
                assertThat(report.kind()).isEqualTo(TrapKind.OTHER);
                assertThat(report.reason()).contains("which no guest may cause");
            });
            assertRuns(board, hypervisor.vms().get(0));
        }
    }

    private static void assertRuns(LifeBoard board, Vm vm) {
        long count = board.count(vm);
        board.run(21);
        assertThat(vm.state()).isEqualTo(VmState.ACTIVE);
        assertThat(board.count(vm)).isGreaterThan(count);
    }

    /** Defect 9: every data abort passes for one that can be emulated. */
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void anAccessThatCannotBeEmulatedStopsItsVm(String architecture) {
        Assembler code = Assembler.of(architecture);
        if (code instanceof A64Assembler a64) {
            a64.constantX(1, TestBoard.GICD + 0x400);
            a64.word(0x885f_7c20); // ldxr w0, [x1]
        } else {
            Rv64Assembler rv64 = (Rv64Assembler) code;
            rv64.constantX(11, architecture.endsWith("aia") ? AiaTestInterrupts.APLIC : RiscvTestBoard.PLIC);
            rv64.word(0x00c5_a52f); // amoadd.w a0, a2, (a1)
        }
        RegisterSweep.sleep(code);
        try (LifeBoard board = LifeBoard.of(architecture)) {
            Hypervisor hypervisor = board.boot(board.counting("first", 1, 0), board.guest("bad", 1, 0, code.image()));
            board.run(30);
            assertThat(board.failures())
                    .singleElement()
                    .satisfies(report -> assertThat(report.reason()).contains("no plain load or store"));
            assertThat(hypervisor.vms().get(1).state()).isEqualTo(VmState.FAILED);
            assertRuns(board, hypervisor.vms().get(0));
        }
    }

    /** Defect 11: what a guest tells its firmware about its own power reaches the board's. */
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aGuestThatSwitchesItsCoreOffLeavesItToTheOthers(String architecture) {
        Assembler code = Assembler.of(architecture);
        if (code instanceof A64Assembler a64) {
            a64.constantX(0, 0x8400_0002L);
            a64.word(0xd400_0003); // CPU_OFF by smc #0
        } else {
            ((Rv64Assembler) code).constantX(16, 1);
            ((Rv64Assembler) code).ecall(0x0048_534d); // HSM hart stop
        }
        code.poke(8, code.ram() + LifeBoard.COUNTER, 1, 0, 1);
        RegisterSweep.sleep(code);
        try (LifeBoard board = LifeBoard.of(architecture)) {
            Hypervisor hypervisor = board.boot(board.counting("first", 1, 0), board.guest("off", 1, 0, code.image()));
            board.run(30);
            Vm off = hypervisor.vms().get(1);
            assertThat(off.isStill()).isTrue();
            assertThat(board.count(off)).as("the call does not come back").isZero();
            assertRuns(board, hypervisor.vms().get(0));
        }
    }
}
