package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Trap;
import org.shyperlab.emulator.engine.Engine;

/** Code whose virtual page moves to another physical one. */
class Rv64RemappedCodeTest {
    private static final int CALL_T0 = 0x0002_80e7; // jalr ra, (t0)
    private static final int JUMP_T0 = 0x0002_8067; // jr t0
    private static final int LOAD_AT_T2 = 0x0003_b303; // ld t1, (t2)
    private static final int SFENCE_VMA = 0x1200_0073;
    private static final int NOP = 0x13;
    private static final int SHORT_NOP = 1;
    private static final int T0 = 5;

    private static final long CODE = 0x40_1000;
    private static final long ROOT = 0x10_0000;
    private static final long MIDDLE = ROOT + 0x1000;
    private static final long LEAVES = ROOT + 0x2000;
    private static final long LONG_CODE = 0x2000;
    private static final long SHORT_CODE = 0x3000;
    private static final long SV39 = 8L << 60;
    private static final int LEAF = 0xcf; // valid, readable, writable, executable, accessed, dirty
    private static final int TABLE = 1;

    private static void entry(TinyHarts tiny, long at, long target, int flags) {
        tiny.machine.bus().write(-1, TinyHarts.RAM + at, 8, target >>> 12 << 10 | flags);
    }

    /** The first page has long instructions before the load that faults, the second compressed ones. */
    @ParameterizedTest
    @EnumSource(Engine.Hooks.class)
    void afterAFenceInstructionsAreCountedInTheNewPage(Engine.Hooks hooks) {
        try (TinyHarts tiny = new TinyHarts(1, hooks)) {
            tiny.code(0, CALL_T0, SFENCE_VMA, JUMP_T0);
            tiny.code(LONG_CODE, NOP, NOP, LOAD_AT_T2);
            tiny.parcels(SHORT_CODE, SHORT_NOP, SHORT_NOP, SHORT_NOP, LOAD_AT_T2 & 0xffff, LOAD_AT_T2 >>> 16);
            entry(tiny, ROOT + 8 * 2, TinyHarts.RAM, LEAF);
            entry(tiny, ROOT, TinyHarts.RAM + MIDDLE, TABLE);
            entry(tiny, MIDDLE + 8 * 2, TinyHarts.RAM + LEAVES, TABLE);
            entry(tiny, LEAVES + 8, TinyHarts.RAM + LONG_CODE, LEAF);
            List<Long> faults = new ArrayList<>();
            List<Long> counts = new ArrayList<>();
            tiny.monitor(
                    core -> {
                        core.set(Csr.VSATP, SV39 | TinyHarts.RAM + ROOT >>> 12);
                        core.x(T0, CODE);
                    },
                    (core, trap) -> {
                        assertThat(((Rv64Trap) trap).cause()).isEqualTo(13);
                        faults.add(core.pc());
                        counts.add(core.instructions());
                        if (faults.size() == 2) {
                            tiny.stop();
                        }
                        entry(tiny, LEAVES + 8, TinyHarts.RAM + SHORT_CODE, LEAF);
                        core.pc(TinyHarts.RAM + 4);
                    });

            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(faults).containsExactly(CODE + 8, CODE + 6);
            assertThat(counts).containsExactly(3L, 3L + 5);
        }
    }
}
