package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.core.aarch64.A64Context;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.emulator.engine.Engine;

class MachineTest {
    /** x1 = 1000; do { x2 += x1; x1 -= 1 } while (x1 != 0); hvc. */
    private static final int[] LOOP = {
        0xd2807d01, // mov x1, #1000
        0x8b010042, // add x2, x2, x1
        0xf1000421, // subs x1, x1, #1
        0x54ffffc1, // b.ne -8
        TinyMachine.HVC_0,
        0x14000000 // b .
    };

    @ParameterizedTest
    @EnumSource(Engine.Hooks.class)
    void everyInstructionOfALoopIsCountedOnce(Engine.Hooks hooks) {
        try (TinyMachine tiny = new TinyMachine(1, hooks).code(0, LOOP)) {
            long[] seen = new long[3];
            tiny.monitor((core, trap) -> {
                seen[0] = core.instructions();
                seen[1] = core.x(2);
                seen[2] = core.pc();
                tiny.machine.requestStop(StopReason.CONDITION_MET);
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(seen).containsExactly(1 + 3 * 1000 + 1, 500_500, TinyMachine.RAM + 20);
        }
    }

    @Test
    void anHvcReachesTheMonitorAndTheGuestGoesOnBehindIt() {
        List<Integer> immediates = new ArrayList<>();
        try (TinyMachine tiny = new TinyMachine(1).code(0, 0xd4000002, 0xd4000022, 0xd4002462)) {
            tiny.monitor((core, trap) -> {
                immediates.add(((A64Trap.Hvc) trap).immediate());
                if (immediates.size() == 3) {
                    tiny.machine.requestStop(StopReason.CONDITION_MET);
                }
            });
            tiny.run();
        }
        assertThat(immediates).containsExactly(0, 1, 0x123);
    }

    @Test
    void aMachineThatWasResetBootsAgainWithRamZeroRegistersInResetAndTimeGoingOn() {
        int[] program = {
            0xf9480001, // ldr x1, [x0, #0x1000]
            0x910020c6, // add x6, x6, #8
            0x91000421, // add x1, x1, #1
            0xf9080001, // str x1, [x0, #0x1000]
            0xf90c0006, // str x6, [x0, #0x1800]
            0x52800120, // mov w0, #9
            0x72b08000, // movk w0, #0x8400, lsl #16: PSCI SYSTEM_RESET
            0xd4000003, // smc #0
        };
        try (TinyMachine tiny = new TinyMachine(2)) {
            for (int round = 1; round <= 3; round++) {
                tiny.code(0, program).machine.bootNatively(TinyMachine.RAM, TinyMachine.RAM);
                assertThat(tiny.run()).isEqualTo(StopReason.RESET);
                assertThat(tiny.machine.bus().read(-1, TinyMachine.RAM + 0x1000, 8))
                        .isEqualTo(1);
                assertThat(tiny.machine.bus().read(-1, TinyMachine.RAM + 0x1800, 8))
                        .isEqualTo(8);
                assertThat(tiny.machine.instructions()).isEqualTo((long) round * program.length);
                assertThat(tiny.machine.alarms().clock().cycles()).isEqualTo((long) round * program.length);
                tiny.machine.reset();
                assertThat(tiny.machine.bus().read(-1, TinyMachine.RAM + 0x1000, 8))
                        .isZero();
            }
        }
    }

    @Test
    void anExceptionInAHandlerComesOutOfRunAndTheProcessLivesOn() {
        try (TinyMachine tiny = new TinyMachine(1).code(0, LOOP)) {
            tiny.monitor((core, trap) -> {
                throw new IllegalStateException("handler bug");
            });
            assertThatThrownBy(tiny::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("handler bug");
        }
    }

    @Test
    void aSavedContextLoadedIntoTheCoreRestoresAllOfTheGuest() {
        try (TinyMachine tiny = new TinyMachine(1).code(0, LOOP)) {
            tiny.monitor((core, trap) -> {
                A64Context context = core.newContext();
                for (int n = 0; n <= 30; n++) {
                    context.x(n, 0x1000 + n);
                }
                for (int n = 0; n < 32; n++) {
                    context.vector(n, 0, 2L * n + 1);
                    context.vector(n, 1, ~n);
                }
                long value = 0;
                for (SysReg register : A64Context.SYSTEM_REGISTERS) {
                    context.set(register, value += 0x1000);
                }
                context.set(SysReg.CNTV_CTL_EL0, 2);
                context.set(SysReg.CSSELR_EL1, 2);
                context.set(SysReg.TCR_EL1, 0x10);
                context.set(SysReg.CNTKCTL_EL1, 3);
                context.set(SysReg.MDSCR_EL1, 0x1000);
                context.pc(0x4000_1000);
                context.pstate(0x6000_0304);
                core.load(context);
                A64Context copy = core.newContext();
                core.save(copy);
                assertThat(copy.pc()).isEqualTo(context.pc());
                assertThat(copy.pstate()).isEqualTo(context.pstate());
                for (int n = 0; n < 32; n++) {
                    assertThat(copy.vector(n, 0)).isEqualTo(context.vector(n, 0));
                    assertThat(copy.vector(n, 1)).isEqualTo(context.vector(n, 1));
                }
                for (SysReg register : A64Context.SYSTEM_REGISTERS) {
                    assertThat(copy.get(register)).as(register.name()).isEqualTo(context.get(register));
                }
                tiny.machine.requestStop(StopReason.CONDITION_MET);
            });
            tiny.run();
        }
    }

    @Test
    void aCoreThatSleepsForEverWithoutATimerIsADeadlock() {
        try (TinyMachine tiny = new TinyMachine(2).code(0, TinyMachine.WFI)) {
            tiny.machine.bootNatively(TinyMachine.RAM, 0);
            assertThat(tiny.run()).isEqualTo(StopReason.DEADLOCK);
        }
    }

    @Test
    void idleTimeIsSkippedToTheVeryTickAtWhichTheTimerFires() {
        int[] code = {
            0xd2807d01, // mov x1, #1000
            0xd51be301, // msr cntv_tval_el0, x1
            0xd2800022, // mov x2, #1
            0xd51be322, // msr cntv_ctl_el0, x2
            TinyMachine.WFI,
            0xd53be043, // mrs x3, cntvct_el0
            0xd2b08000, // mov x0, #0x84000000
            0xf2800100, // movk x0, #8: PSCI SYSTEM_OFF
            TinyMachine.HVC_0
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code)) {
            tiny.machine.bootNatively(TinyMachine.RAM, 0);
            tiny.machine.wireTimers(0, high -> {}, tiny.machine.interruptInputs(0)::irq, high -> {});
            assertThat(tiny.run()).isEqualTo(StopReason.POWER_OFF);
            assertThat(tiny.machine.core(0).x(3)).isEqualTo(1000);
        }
    }

    @Test
    void aSleepingCoreThatADevicesAlarmWakesGoesOnAtTheAlarmsTime() {
        int[] code = {
            TinyMachine.WFI,
            0xd53be043, // mrs x3, cntvct_el0
            0xd2b08000, // mov x0, #0x84000000
            0xf2800100, // movk x0, #8: PSCI SYSTEM_OFF
            TinyMachine.HVC_0
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code)) {
            tiny.machine.bootNatively(TinyMachine.RAM, 0);
            tiny.machine
                    .alarms()
                    .create(() -> tiny.machine.interruptInputs(0).irq(true))
                    .set(1_000_000);
            assertThat(tiny.run()).isEqualTo(StopReason.POWER_OFF);
            assertThat(tiny.machine.core(0).x(3)).isEqualTo(62_500);
        }
    }

    @Test
    void aDevicesAlarmReachesItsCoreAtItsTimeEvenIfAnotherCoreIsInTheMiddleOfALongBlockThen() {
        int[] busy = new int[500];
        Arrays.fill(busy, 0xd503_201f); // nop
        int[] start = {
            0xd2b88000, // mov x0, #0xc4000000
            0xf2800060, // movk x0, #3: PSCI CPU_ON
            0xd2800021, // mov x1, #1
            0xd2a80002, // mov x2, #0x40000000
            0xf2820002, // movk x2, #0x1000
            TinyMachine.HVC_0
        };
        int[] sleeper = {
            TinyMachine.WFI,
            0xd53be043, // mrs x3, cntvct_el0
            0xd2b08000, // mov x0, #0x84000000
            0xf2800100, // movk x0, #8: PSCI SYSTEM_OFF
            TinyMachine.HVC_0
        };
        try (TinyMachine tiny = new TinyMachine(2)
                .code(0, start)
                .code(4L * start.length, busy)
                .code(4L * (start.length + busy.length), 0x17ff_fe0c) // b to the first nop
                .code(0x1000, sleeper)) {
            tiny.machine.bootNatively(TinyMachine.RAM, 0);
            tiny.machine
                    .alarms()
                    .create(() -> tiny.machine.interruptInputs(1).irq(true))
                    .set(1_000_240); // a good 250 instructions before the end of core 0's block
            assertThat(tiny.run()).isEqualTo(StopReason.POWER_OFF);
            assertThat(tiny.machine.core(1).x(3)).isEqualTo(62_515);
        }
    }

    @Test
    void aFetchFromNowhereIsAnExternalAbortAndNotTheEndOfTheMachine() {
        int[] code = {
            0xd2a80001, // mov x1, #0x40000000
            0xd518c001, // msr vbar_el1, x1
            0xd2b20002, // mov x2, #0x90000000
            0xd61f0040 // br x2
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code).code(0x200, TinyMachine.HVC_0)) {
            long[] state = new long[3];
            tiny.monitor((core, trap) -> {
                state[0] = core.get(SysReg.ESR_EL1);
                state[1] = core.get(SysReg.FAR_EL1);
                state[2] = core.get(SysReg.ELR_EL1);
                tiny.machine.requestStop(StopReason.CONDITION_MET);
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(state).containsExactly(0x8600_0010L, 0x9000_0000L, 0x9000_0000L);
            assertThat(tiny.errors).containsExactly("core: instruction fetch at 0x90000000, where no memory answers");
        }
    }
}
