package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.emulator.engine.Engine;

/** What no guest may do: end the process, hold time still, or see the host. */
class HostileGuestTest {
    private static final long LIMIT = 200_000;
    private static final int MOV_X1_RAM = 0xd2a8_0001; // mov x1, #0x40000000
    private static final int MSR_VBAR_X1 = 0xd518_c001;
    private static final int HERE = 0x1400_0000; // b .

    @Test
    void randomProgramsAndAimedAttacksRunToTheirLimitAndAreTheSameTwice() {
        long instructions = 0;
        for (long seed = 0; seed < 60; seed++) {
            List<Object> first = outcome(seed, Engine.Hooks.NATIVE);
            if (seed % 6 == 0) {
                assertThat(outcome(seed, Engine.Hooks.NATIVE))
                        .as("seed %d again", seed)
                        .isEqualTo(first);
                assertThat(outcome(seed, Engine.Hooks.JAVA))
                        .as("seed %d with hooks in Java", seed)
                        .isEqualTo(first);
            }
            instructions += (long) first.get(1);
        }
        assertThat(instructions).isGreaterThan(1_000_000);
    }

    private static List<Object> outcome(long seed, Engine.Hooks hooks) {
        try (HostileMachine hostile = new HostileMachine(2, hooks)) {
            StopReason reason = hostile.run(HostileCode.image(seed), LIMIT);
            List<Object> outcome = new ArrayList<>();
            outcome.add(reason);
            outcome.add(hostile.machine.instructions());
            outcome.add(hostile.machine.alarms().clock().cycles());
            outcome.add(hostile.console.toString());
            outcome.add(hostile.errors);
            for (int core = 0; core < 2; core++) {
                outcome.add(hostile.machine.core(core).pc());
                for (int n = 0; n <= 30; n++) {
                    outcome.add(hostile.machine.core(core).x(n));
                }
            }
            return outcome;
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.Hooks.class)
    void vectorsThatStage1DoesNotMapAbortForEverAndTimeGoesOn(Engine.Hooks hooks) {
        int[] code = {
            MOV_X1_RAM,
            0x9140_0421, // add x1, x1, #0x1000: an empty table
            0xd518_2001, // msr ttbr0_el1, x1
            0xd2a0_6b22, // mov x2, #0x3590000
            0xf280_0322, // movk x2, #25: T0SZ
            0xd518_2042, // msr tcr_el1, x2
            0xd518_c001, // msr vbar_el1, x1
            0xd280_0023, // mov x3, #1
            0xd518_1003, // msr sctlr_el1, x3
            0xd503_3fdf, // isb
            HERE
        };
        try (TinyMachine tiny = new TinyMachine(1, hooks).code(0, code)) {
            tiny.machine.bootNatively(TinyMachine.RAM, 0);
            assertThat(tiny.machine.run(LIMIT)).isEqualTo(StopReason.LIMIT);
            assertThat(tiny.machine.alarms().clock().cycles()).isEqualTo(LIMIT);
            assertThat(tiny.machine.core(0).get(SysReg.ESR_EL1) >>> 26).isEqualTo(0x21);
            assertThat(tiny.machine.instructions()).isLessThan(20);
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.Hooks.class)
    void aVectorWhoseFirstInstructionIsUndefinedFaultsForEverAndTimeGoesOn(Engine.Hooks hooks) {
        try (TinyMachine tiny = new TinyMachine(1, hooks).code(0, MOV_X1_RAM, 0x9140_0421, MSR_VBAR_X1, 0)) {
            tiny.machine.bootNatively(TinyMachine.RAM, 0);
            assertThat(tiny.machine.run(LIMIT)).isEqualTo(StopReason.LIMIT);
            assertThat(tiny.machine.instructions()).isEqualTo(3);
            assertThat(tiny.machine.core(0).get(SysReg.ELR_EL1)).isEqualTo(TinyMachine.RAM + 0x1200);
        }
    }

    @Test
    void breakpointAndWatchpointRegistersAreStoredAndDoNothingToTheProcess() {
        int[] code = {
            MOV_X1_RAM,
            0x9100_7021, // add x1, x1, #28: the MRS below
            0xd510_0081, // msr dbgbvr0_el1, x1
            0xd280_3ca2, // mov x2, #0x1e5: enabled, EL1, all four bytes
            0xd510_00a2, // msr dbgbcr0_el1, x2
            0xd510_00c1, // msr dbgwvr0_el1, x1
            0xd510_00e2, // msr dbgwcr0_el1, x2
            0xd530_00a3, // mrs x3, dbgbcr0_el1
            0xf940_0024, // ldr x4, [x1]: watched
            TinyMachine.HVC_0
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code)) {
            long[] seen = new long[2];
            tiny.monitor((core, trap) -> {
                seen[0] = core.x(3);
                seen[1] = core.pc();
                tiny.machine.requestStop(StopReason.CONDITION_MET);
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(seen).containsExactly(0x1e5, TinyMachine.RAM + 40);
        }
    }

    @Test
    void theCycleCounterOfThePerformanceMonitorShowsNothingOfTheHostsClock() {
        int[] code = {
            0xd280_0021, // mov x1, #1
            0xd51b_9c01, // msr pmcr_el0, x1: on
            0xd2b0_0002, // mov x2, #0x80000000
            0xd51b_9c22, // msr pmcntenset_el0, x2
            0xd53b_9d03, // mrs x3, pmccntr_el0
            0xd53b_9d04, // mrs x4, pmccntr_el0
            TinyMachine.HVC_0
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code)) {
            long[] seen = new long[2];
            tiny.monitor((core, trap) -> {
                seen[0] = core.x(3);
                seen[1] = core.x(4);
                tiny.machine.requestStop(StopReason.CONDITION_MET);
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(seen).containsExactly(0, 0);
        }
    }

    @Test
    void theIdentificationRegistersOfferNoPerformanceMonitor() {
        int[] code = {
            0xd538_0503, // mrs x3, id_aa64dfr0_el1
            0xd538_0144, // mrs x4, id_dfr0_el1
            TinyMachine.HVC_0
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code)) {
            long[] seen = new long[2];
            tiny.monitor((core, trap) -> {
                seen[0] = core.x(3);
                seen[1] = core.x(4);
                tiny.machine.requestStop(StopReason.CONDITION_MET);
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(seen).containsExactly(0x1030_5006L, 0x0001_0066L);
        }
    }

    @Test
    void aGuestThatFillsTheBufferForTranslatedCodeRunsOn() {
        int[] code = {
            MOV_X1_RAM,
            0xd50b_7521, // ic ivau, x1: this very line
            0xd503_3fdf, // isb
            0x9100_0442, // add x2, x2, #1
            0x17ff_fffd // b to the ic
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code)) {
            tiny.machine.bootNatively(TinyMachine.RAM, 0);
            assertThat(tiny.machine.run(1_000_001)).isEqualTo(StopReason.LIMIT);
            assertThat(tiny.machine.core(0).x(2)).isEqualTo(250_000);
        }
    }
}
