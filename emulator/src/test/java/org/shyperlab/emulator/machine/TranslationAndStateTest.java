package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.aarch64.A64Context;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;

/** Stale translations and stale code, and what a world switch must keep apart. */
class TranslationAndStateTest {
    /** Goes to AArch32 user mode at X2, with VBAR_EL1 = X3. */
    private static final int[] TO_AARCH32 = {
        0xd280_0201, // mov x1, #0x10: AArch32 user
        0xd518_4001, // msr spsr_el1, x1
        0xd518_4022, // msr elr_el1, x2
        0xd518_c003, // msr vbar_el1, x3
        0xd69f_03e0 // eret
    };

    private static final long RAM = TinyMachine.RAM;
    private static final long STAGE1 = RAM + 0x10_0000;
    private static final long STAGE2 = RAM + 0x80_0000;
    private static final int RET = TinyMachine.RET;
    private static final int MOV_X0_1 = 0xd280_0020;
    private static final int MOV_X0_2 = 0xd280_0040;

    private static void store(TinyMachine tiny, long address, long value) {
        tiny.machine.bus().write(-1, address, 8, value);
    }

    /** Runs from {@code setUp}; each HVC calls {@code onHvc} with its number; HVC #0 ends the run. */
    private static void run(
            TinyMachine tiny, BiConsumer<A64Core, TinyMachine> setUp, BiConsumer<A64Core, Integer> onHvc) {
        tiny.machine.install(new Monitor() {
            @Override
            public void start(Core core) {
                core.pc(RAM);
                setUp.accept((A64Core) core, tiny);
            }

            @Override
            public void trap(Core core, Trap trap) {
                int number = ((A64Trap.Hvc) trap).immediate();
                if (number == 0) {
                    tiny.machine.requestStop(StopReason.CONDITION_MET);
                } else {
                    onHvc.accept((A64Core) core, number);
                }
            }

            @Override
            public void interrupt(Core core) {
                throw new IllegalStateException("no interrupt is wired");
            }
        });
        assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
    }

    /**
     * Stage 1 maps 2 MiB at VA 2 MiB by one block; stage 2 maps RAM by 4 KiB pages. The guest moves the block by one TLBI for its first
     * page: all 512 pages must have moved.
     */
    @Test
    void oneTlbiTakesDownABlockOfStage1AboveSmallPagesOfStage2() {
        int[] code = {
            0xf940_0025, // ldr x5, [x1]: first page
            0xf940_0046, // ldr x6, [x2]: another page of the block
            0xf900_009f, // str xzr, [x4]: break
            0xd503_3f9f, // dsb sy
            0xd508_8329, // tlbi vae1is, x9
            0xd503_3f9f, // dsb sy
            0xf900_0083, // str x3, [x4]: make
            0xd503_3f9f, // dsb sy
            0xf940_002a, // ldr x10, [x1]
            0xf940_004b, // ldr x11, [x2]
            TinyMachine.HVC_0
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code)) {
            long one = RAM + 0x20_0000;
            long two = RAM + 0x40_0000;
            store(tiny, one, 11);
            store(tiny, one + 0x5000, 12);
            store(tiny, two, 21);
            store(tiny, two + 0x5000, 22);
            run(
                    tiny,
                    (core, machine) -> {
                        stage2OfPages(tiny);
                        store(tiny, STAGE1, STAGE1 + 0x1000 | 3);
                        store(tiny, STAGE1 + 8, RAM | 0x701); // RAM as it is
                        store(tiny, STAGE1 + 0x1008, one | 0x701); // VA 2 MiB
                        core.set(SysReg.VTCR_EL2, 0x8002_3559L);
                        core.set(SysReg.VTTBR_EL2, STAGE2);
                        core.set(SysReg.HCR_EL2, 0x8000_003bL);
                        core.set(SysReg.MAIR_EL1, 0xff);
                        core.set(SysReg.TCR_EL1, 0x359_3519L);
                        core.set(SysReg.TTBR0_EL1, STAGE1);
                        core.set(SysReg.SCTLR_EL1, 0x30d0_1805L);
                        core.x(1, 0x20_0000);
                        core.x(2, 0x20_5000);
                        core.x(3, two | 0x701);
                        core.x(4, STAGE1 + 0x1008);
                        core.x(9, 0x20_0000 >> 12);
                    },
                    (core, number) -> {});
            A64Core core = tiny.machine.core(0);
            assertThat(List.of(core.x(5), core.x(6), core.x(10), core.x(11))).containsExactly(11L, 12L, 21L, 22L);
        }
    }

    /** Level 1 at STAGE2, level 2 behind it, eight level 3 tables: 16 MiB of RAM by pages. */
    private static void stage2OfPages(TinyMachine tiny) {
        store(tiny, STAGE2 + 8, STAGE2 + 0x1000 | 3);
        for (int block = 0; block < 8; block++) {
            long level3 = STAGE2 + 0x2000 + block * 0x1000L;
            store(tiny, STAGE2 + 0x1000 + block * 8L, level3 | 3);
            for (int page = 0; page < 512; page++) {
                store(tiny, level3 + page * 8L, RAM + (block * 512L + page << 12) | 0x7ff);
            }
        }
    }

    @Test
    void codeThatDmaOverwritesAfterItRanIsSeen() {
        int[] code = {
            0xd63f_00e0, // blr x7
            0xd400_0022, // hvc #1: x7's code is replaced
            0xd63f_00e0, // blr x7
            0xd400_0042, // hvc #2
            TinyMachine.HVC_0
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code).code(0x1000, MOV_X0_1, RET)) {
            List<Long> results = new ArrayList<>();
            run(tiny, (core, machine) -> core.x(7, RAM + 0x1000), (core, number) -> {
                results.add(core.x(0));
                if (number == 1) {
                    tiny.machine.bus().writeRam(RAM + 0x1000, new byte[] {0x40, 0x00, (byte) 0x80, (byte) 0xd2});
                }
            });
            assertThat(results).containsExactly(1L, 2L);
        }
    }

    @Test
    void codeThatTheGuestItselfRewritesIsSeen() {
        int[] code = {
            0xd63f_00e0, // blr x7
            0xaa00_03e5, // mov x5, x0
            0xb900_00e8, // str w8, [x7]
            0xd50b_7527, // ic ivau, x7
            0xd503_3fdf, // isb
            0xd63f_00e0, // blr x7
            TinyMachine.HVC_0
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code).code(0x1000, MOV_X0_1, RET)) {
            run(
                    tiny,
                    (core, machine) -> {
                        core.x(7, RAM + 0x1000);
                        core.x(8, MOV_X0_2 & 0xffff_ffffL);
                    },
                    (core, number) -> {});
            assertThat(tiny.machine.core(0).x(5)).isEqualTo(1);
            assertThat(tiny.machine.core(0).x(0)).isEqualTo(2);
        }
    }

    @Test
    void anExclusiveStoreFailsWhenAnotherContextRanSinceTheLoad() {
        int[] code = {
            0xc85f_7c01, // ldxr x1, [x0]
            0xd400_0022, // hvc #1: perhaps a world switch
            0xc802_7c01, // stxr w2, x1, [x0]
            0xd400_0042, // hvc #2
            TinyMachine.HVC_0
        };
        for (boolean switched : new boolean[] {false, true}) {
            try (TinyMachine tiny = new TinyMachine(1).code(0, code)) {
                List<Long> status = new ArrayList<>();
                run(tiny, (core, machine) -> core.x(0, RAM + 0x1000), (core, number) -> {
                    if (number == 2) {
                        status.add(core.x(2));
                    } else if (switched) {
                        A64Context context = core.newContext();
                        core.save(context);
                        core.load(context);
                    }
                });
                assertThat(status).containsExactly(switched ? 1L : 0L);
            }
        }
    }

    @Test
    void vectorsAndBothStackPointersSurviveAWorldSwitchThatRanSomebodyElse() {
        int[] code = {
            0xd518_4103, // msr sp_el0, x3
            0x9100_009f, // mov sp, x4
            0x4e08_0c60, // dup v0.2d, x3
            0x4e08_0c9f, // dup v31.2d, x4
            0xd400_0022, // hvc #1: the other context runs a while and comes back
            0x9100_03e6, // mov x6, sp
            0xd500_40bf, // msr spsel, #0
            0x9100_03e5, // mov x5, sp
            0x9e66_0008, // fmov x8, d0
            0x9e66_03e9, // fmov x9, d31
            TinyMachine.HVC_0
        };
        int[] other = {
            0xd518_4100, // msr sp_el0, x0
            0x9100_001f, // mov sp, x0
            0x4e08_0c00, // dup v0.2d, x0
            0x4e08_0c1f, // dup v31.2d, x0
            0xd400_0042, // hvc #2
        };
        try (TinyMachine tiny = new TinyMachine(1).code(0, code).code(0x1000, other)) {
            A64Context[] first = new A64Context[1];
            run(
                    tiny,
                    (core, machine) -> {
                        core.x(3, 0x3333_0000L);
                        core.x(4, 0x4444_0000L);
                        first[0] = core.newContext();
                    },
                    (core, number) -> {
                        if (number == 1) {
                            core.save(first[0]);
                            A64Context second = core.newContext();
                            second.pc(RAM + 0x1000);
                            core.load(second);
                        } else {
                            core.load(first[0]);
                        }
                    });
            A64Core core = tiny.machine.core(0);
            assertThat(List.of(core.x(5), core.x(6), core.x(8), core.x(9)))
                    .containsExactly(0x3333_0000L, 0x4444_0000L, 0x3333_0000L, 0x4444_0000L);
        }
    }

    @Test
    void aReturnToAArch32AtEl0IsContained() {
        // At the target: svc #5 in A32. Vectors: HVC #0 for an exception from AArch32 and from the current level.
        try (TinyMachine tiny = new TinyMachine(1)
                .code(0, TO_AARCH32)
                .code(0x1000, 0xef00_0005)
                .code(0x2600, TinyMachine.HVC_0)
                .code(0x2200, TinyMachine.HVC_0)) {
            run(
                    tiny,
                    (core, machine) -> {
                        core.x(2, RAM + 0x1000);
                        core.x(3, RAM + 0x2000);
                    },
                    (core, number) -> {});
            long exceptionClass = tiny.machine.core(0).get(SysReg.ESR_EL1) >>> 26;
            // SVC in AArch32, or an illegal return when the core refuses it.
            assertThat(exceptionClass).isIn(0x11L, 0x0eL);
            assertThat(tiny.machine.instructions()).isLessThan(10);
        }
    }

    @Test
    void aGuestInAArch32SurvivesAWorldSwitchAndAnAArch64GuestIsNotDraggedIntoIt() {
        // A32: mov r5, #42; svc #5. Its exception to EL1 meets HVC #1. At 0x3000: mov x6, #7; hvc #2.
        try (TinyMachine tiny = new TinyMachine(1)
                .code(0, TO_AARCH32)
                .code(0x1000, 0xe3a0_502a, 0xef00_0005)
                .code(0x2600, 0xd400_0022) // hvc #1
                .code(0x3000, 0xd280_00e6, 0xd400_0042)) {
            A64Context[] parked = new A64Context[1];
            long[] seen = new long[3];
            run(
                    tiny,
                    (core, machine) -> {
                        core.x(2, RAM + 0x1000);
                        core.x(3, RAM + 0x2000);
                    },
                    (core, number) -> {
                        if (number == 1 && parked[0] == null) {
                            // From the vector: back to AArch32 by hand, parked, and another guest in its place.
                            parked[0] = core.newContext();
                            core.save(parked[0]);
                            parked[0].pstate(core.get(SysReg.SPSR_EL1));
                            parked[0].pc(RAM + 0x1000);
                            parked[0].x(5, 0);
                            core.load(parked[0]);
                            core.save(parked[0]);
                            A64Context other = core.newContext();
                            other.pc(RAM + 0x3000);
                            core.load(other);
                        } else if (number == 2) {
                            seen[0] = core.x(6);
                            core.load(parked[0]);
                        } else {
                            seen[1] = core.x(5);
                            seen[2] = core.get(SysReg.SPSR_EL1) & 0x1f;
                            tiny.machine.requestStop(StopReason.CONDITION_MET);
                        }
                    });
            assertThat(seen).containsExactly(7, 42, 0x10);
        }
    }
}
