package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;

/** What reaches EL2 under stage 2, with the values that the architecture gives (Arm ARM D24.2.40). */
class EngineTrapTest {
    private static final long TABLE = TinyMachine.RAM + 0x80_0000;
    private static final long NOWHERE = 0x1000_0000L;
    private static final int END = 0xd41f_ffe2; // hvc #0xffff
    private static final long TVM = 1 << 26;
    /** RW, TVM, TACR, TSC, TID3, TWI, AMO, IMO, FMO, SWIO, VM. */
    private static final long HCR = 0x8000_0000L | TVM | 1 << 21 | 1 << 19 | 1 << 18 | 1 << 13 | 0x3b;

    /** One trap. */
    private record Seen(int syndrome, long pc, long address, long ipa) {}

    private static List<Seen> run(int... code) {
        return runWith(HCR, code);
    }

    private static List<Seen> runWith(long hcr, int... code) {
        List<Seen> seen = new ArrayList<>();
        int[] all = Arrays.copyOf(code, code.length + 1);
        all[code.length] = END;
        try (TinyMachine tiny = new TinyMachine(1).code(0, all)) {
            // One level 1 entry: the GiB of RAM, readable, writable, executable, normal memory.
            tiny.machine.bus().write(-1, TABLE + 8, 8, TinyMachine.RAM | 0x7fd);
            tiny.machine.install(new Monitor() {
                @Override
                public void start(Core anyCore) {
                    A64Core core = (A64Core) anyCore;
                    core.set(SysReg.VTCR_EL2, 0x8002_3559L); // 39 bits, from level 1, 4 KiB
                    core.set(SysReg.VTTBR_EL2, TABLE);
                    core.set(SysReg.HCR_EL2, hcr);
                    core.set(SysReg.CNTHCTL_EL2, 0);
                    core.pc(TinyMachine.RAM);
                    core.x(0, NOWHERE);
                    core.x(1, TinyMachine.RAM + 0x10_0000);
                }

                @Override
                public void trap(Core anyCore, Trap anyTrap) {
                    A64Core core = (A64Core) anyCore;
                    A64Trap trap = (A64Trap) anyTrap;
                    if (trap.syndrome() == 0x5a00_ffff) {
                        tiny.machine.requestStop(StopReason.CONDITION_MET);
                        return;
                    }
                    A64Trap.Abort abort = trap instanceof A64Trap.Abort found ? found : null;
                    seen.add(new Seen(
                            trap.syndrome(),
                            core.pc() - TinyMachine.RAM,
                            abort == null ? 0 : abort.virtualAddress(),
                            abort == null ? 0 : abort.ipa()));
                    if (abort instanceof A64Trap.InstructionAbort || abort != null && abort.inStage1Walk()) {
                        tiny.machine.requestStop(StopReason.CONDITION_MET);
                    } else if (!(trap instanceof A64Trap.Hvc)) {
                        core.skip();
                    }
                }

                @Override
                public void interrupt(Core core) {
                    throw new IllegalStateException("no interrupt is wired");
                }
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
        }
        return seen;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "hvc #0x49,               d4000922, 5a000049, 4",
        "smc #7,                  d40000e3, 5e000007, 0",
        "wfi,                     d503207f, 07e00000, 0",
        "'mrs x5, id_aa64pfr0',   d5380405, 623000a9, 0",
        "'msr sctlr_el1, x6',     d5181006, 623004c0, 0",
        "'mrs x7, actlr_el1',     d5381027, 623204e1, 0",
        "'mrs x8, cntp_ctl_el0',  d53be228, 6232f905, 0"
    })
    void trapsOfInstructions(String text, String word, String syndrome, long pc) {
        assertThat(run(Integer.parseUnsignedInt(word, 16)))
                .containsExactly(new Seen(Integer.parseUnsignedInt(syndrome, 16), pc, 0, 0));
    }

    /** ISV, SAS, SSE, SRT, SF, WnR and the fault status: translation fault at level 1. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "'ldrsb x9, [x0, #3]',  39800c09, 93298005, 3",
        "'ldrsh w9, [x0, #2]',  79c00409, 93690005, 2",
        "'ldr x10, [x0, #8]',   f940040a, 93ca8005, 8",
        "'str w11, [x0, #4]',   b900040b, 938b0045, 4",
        "'strb wzr, [x0]',      3900001f, 931f0045, 0",
        "'ldp w1, w2, [x0]',    29400801, 92000005, 0",
        "'ldr w1, [x0], #4',    b8404401, 92000005, 0",
        "'ldr q3, [x0]',        3dc00003, 92000005, 0"
    })
    void dataAborts(String text, String word, String syndrome, long offset) {
        assertThat(run(Integer.parseUnsignedInt(word, 16)))
                .containsExactly(
                        new Seen(Integer.parseUnsignedInt(syndrome, 16), 0, NOWHERE + offset, NOWHERE + offset));
    }

    @Test
    void aFetchFromAnUnmappedIpaIsAnInstructionAbort() {
        assertThat(run(0xd61f_0000)) // br x0
                .containsExactly(new Seen(0x8200_0005, NOWHERE - TinyMachine.RAM, NOWHERE, NOWHERE));
    }

    @Test
    void aStage1TableOutsideOfStage2IsReportedWithItsOwnAddressAndS1ptw() {
        int[] code = {
            0xd518_2000, // msr ttbr0_el1, x0
            0xd2a0_6b22, // mov x2, #0x3590000
            0xf280_0322, // movk x2, #25: 39 bits, 4 KiB, cacheable
            0xd518_2042, // msr tcr_el1, x2
            0xd280_0023, // mov x3, #1
            0xd518_1003, // msr sctlr_el1, x3
            0xd503_3fdf // isb
        };
        long at = TinyMachine.RAM + 24;
        assertThat(runWith(HCR & ~TVM, code)).containsExactly(new Seen(0x8200_0085, 24, at, NOWHERE));
    }
}
