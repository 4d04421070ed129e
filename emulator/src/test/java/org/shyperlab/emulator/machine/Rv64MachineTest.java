package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.core.riscv64.Access;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.HartInterruptInputs;
import org.shyperlab.emulator.core.riscv64.Rv64Context;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.core.riscv64.Rv64Trap;
import org.shyperlab.emulator.device.aia.Imsic;
import org.shyperlab.emulator.engine.Engine;

class Rv64MachineTest {
    private static final long TABLE = TinyHarts.RAM + (8 << 20);
    private static final long LEAF_ALL = 0xdf; // V R W X U A D
    private static final long IMSIC = 0x2800_0000L;
    private static final long DEVICE = 0x1000_0008L;
    private static final int LUI_A1_DEVICE = 0x1000_05b7; // lui a1, 0x10000
    private static final int CSRR_A0_HSTATUS = 0x6000_2573;
    private static final int RDTIME_A0 = 0xc010_2573;

    /** A G stage in which only the first GiB of RAM is mapped, one to one. */
    private static void mapRamOnly(Rv64Core core) {
        core.writePhysical(TABLE + 8 * 2, 8, TinyHarts.RAM >>> 12 << 10 | LEAF_ALL);
        core.set(Csr.HGATP, 8L << 60 | TABLE >>> 12);
    }

    @ParameterizedTest
    @EnumSource(Engine.Hooks.class)
    void everyInstructionOfALoopIsCountedOnceCompressedOrNot(Engine.Hooks hooks) {
        try (TinyHarts tiny = new TinyHarts(1, hooks)
                .code(0, 0x3e80_0593)
                .parcels(4, 0x962e, 0x15fd, 0xfdf5)
                .parcels(10, 0x73, 0)) {
            long[] seen = new long[3];
            tiny.monitor((core, trap) -> {
                seen[0] = core.instructions();
                seen[1] = core.x(12);
                seen[2] = core.pc();
                tiny.stop();
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(seen).containsExactly(1 + 3 * 1000, 500_500, TinyHarts.RAM + 10);
        }
    }

    @Test
    void anEcallReachesTheMonitorAtTheInstructionAndSkipGoesBehindIt() {
        List<Long> addresses = new ArrayList<>();
        try (TinyHarts tiny = new TinyHarts(1).code(0, TinyHarts.ECALL, TinyHarts.ECALL, TinyHarts.ECALL)) {
            tiny.monitor((core, trap) -> {
                assertThat(trap).isInstanceOf(Rv64Trap.Ecall.class);
                assertThat(core.get(Csr.SCAUSE)).isEqualTo(10);
                addresses.add(core.pc());
                core.skip();
                if (addresses.size() == 3) {
                    tiny.stop();
                }
            });
            tiny.run();
        }
        assertThat(addresses).containsExactly(TinyHarts.RAM, TinyHarts.RAM + 4, TinyHarts.RAM + 8);
    }

    @Test
    void anExceptionInAHandlerComesOutOfRunAndTheProcessLivesOn() {
        try (TinyHarts tiny = new TinyHarts(1).code(0, TinyHarts.ECALL)) {
            tiny.monitor((core, trap) -> {
                throw new IllegalStateException("handler bug");
            });
            assertThatThrownBy(tiny::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("handler bug");
        }
    }

    @Test
    void aSavedContextLoadedIntoTheHartRestoresAllOfTheGuest() {
        try (TinyHarts tiny = new TinyHarts(1).code(0, TinyHarts.ECALL)) {
            tiny.monitor((core, trap) -> {
                Rv64Context context = core.newContext();
                for (int n = 1; n < 32; n++) {
                    context.x(n, 0x1000 + n);
                    context.f(n, ~n);
                }
                long value = 0x100;
                for (Csr register : Rv64Context.SYSTEM_REGISTERS) {
                    context.set(register, value += 0x1000);
                }
                context.set(Csr.SCOUNTEREN, 5);
                context.set(Csr.VSSTATUS, 2L << 32 | 1 << 18 | 1 << 13 | 2);
                context.set(Csr.VSIE, 0x222);
                context.set(Csr.HVIP, 0x444);
                context.set(Csr.VSATP, 8L << 60 | 0x81234);
                context.pc(0x8000_1002L);
                context.privilege(0);
                context.fcsr(0x55);
                core.load(context);
                Rv64Context copy = core.newContext();
                core.save(copy);
                for (int n = 0; n < 32; n++) {
                    assertThat(copy.x(n)).isEqualTo(context.x(n));
                    assertThat(copy.f(n)).isEqualTo(context.f(n));
                }
                for (Csr register : Rv64Context.SYSTEM_REGISTERS) {
                    assertThat(copy.get(register)).as(register.name()).isEqualTo(context.get(register));
                }
                assertThat(copy.pc()).isEqualTo(context.pc());
                assertThat(copy.privilege()).isZero();
                assertThat(copy.fcsr()).isEqualTo(0x55);
                tiny.stop();
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
        }
    }

    @Test
    void aHartThatSleepsForEverWithoutATimerIsADeadlock() {
        try (TinyHarts tiny = new TinyHarts(2).code(0, TinyHarts.WFI)) {
            tiny.machine.bootNatively(TinyHarts.RAM, 0);
            assertThat(tiny.run()).isEqualTo(StopReason.DEADLOCK);
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.Hooks.class)
    void idleTimeIsSkippedToTheVeryTickOfStimecmp(Engine.Hooks hooks) {
        int[] code = {
            0x3e80_0513, // li a0, 1000
            0x14d5_1073, // csrw stimecmp, a0
            0x0200_0593, // li a1, 0x20
            0x1045_9073, // csrw sie, a1
            TinyHarts.WFI,
            0xc010_26f3, // rdtime a3
            0x0080_0893, // li a7, 8: legacy shutdown
            TinyHarts.ECALL
        };
        try (TinyHarts tiny = new TinyHarts(1, hooks).code(0, code)) {
            tiny.machine.bootNatively(TinyHarts.RAM, 0);
            assertThat(tiny.run()).isEqualTo(StopReason.POWER_OFF);
            assertThat(tiny.machine.core(0).x(13)).isEqualTo(1000);
        }
    }

    @Test
    void whatOnlyTheHypervisorMayDoIsAVirtualInstruction() {
        int hlvd = 0x6c05_c573;
        int[] code = {CSRR_A0_HSTATUS, hlvd, RDTIME_A0, TinyHarts.WFI};
        List<Object> seen = new ArrayList<>();
        try (TinyHarts tiny = new TinyHarts(1).code(0, code)) {
            tiny.monitor(core -> core.set(Csr.HSTATUS, 1 << 21), (core, trap) -> {
                assertThat(core.get(Csr.SCAUSE)).isEqualTo(22);
                seen.add(trap.kind().label() + " " + Long.toHexString(core.get(Csr.STVAL)));
                core.skip();
                if (seen.size() == 4) {
                    tiny.stop();
                }
            });
            tiny.run();
        }
        assertThat(seen)
                .containsExactly(
                        "virtual-insn 60002573", "virtual-insn 6c05c573", "virtual-insn c0102573", "wfx 10500073");
    }

    @Test
    void whatNobodyMayDoIsIllegalAndGoesWhereHedelegSays() {
        List<Long> causes = new ArrayList<>();
        try (TinyHarts tiny = new TinyHarts(1).code(0, 0, 0).code(0x100, TinyHarts.ECALL)) {
            tiny.monitor((core, trap) -> {
                causes.add(core.get(Csr.SCAUSE));
                if (trap instanceof Rv64Trap.IllegalInstruction) {
                    core.set(Csr.HEDELEG, 1 << 2);
                    core.set(Csr.VSTVEC, TinyHarts.RAM + 0x100);
                } else {
                    causes.add(core.get(Csr.VSCAUSE));
                    causes.add(core.get(Csr.VSEPC) - TinyHarts.RAM);
                    tiny.stop();
                }
            });
            tiny.run();
        }
        assertThat(causes).containsExactly(2L, 10L, 2L, 0L);
    }

    private static List<String> guestFault(int... code) {
        List<String> seen = new ArrayList<>();
        try (TinyHarts tiny = new TinyHarts(1).code(0, code)) {
            tiny.monitor(Rv64MachineTest::mapRamOnly, (core, trap) -> {
                if (trap instanceof Rv64Trap.GuestPageFault fault) {
                    assertThat(core.get(Csr.HTVAL)).isEqualTo(fault.guestPhysical() >>> 2);
                    assertThat(core.get(Csr.HTINST)).isEqualTo(fault.instruction());
                    seen.add("%d %s %x %x %x"
                            .formatted(
                                    fault.cause(),
                                    fault.access(),
                                    fault.guestPhysical(),
                                    fault.instruction(),
                                    core.pc() - TinyHarts.RAM));
                } else {
                    seen.add(trap.toString());
                }
                tiny.stop();
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
        }
        return seen;
    }

    @Test
    void anAccessThatTheGStageRefusesTellsAddressAndInstruction() {
        assertThat(guestFault(LUI_A1_DEVICE, 0x0085_a503)).containsExactly("21 LOAD 10000008 2503 4"); // lw a0, 8(a1)
        assertThat(guestFault(LUI_A1_DEVICE, 0x00a5_a423))
                .containsExactly("23 STORE 10000008 a02023 4"); // sw a0, 8(a1)
        assertThat(guestFault(LUI_A1_DEVICE, 0x00c5_a52f))
                .containsExactly("23 STORE 10000000 c0252f 4"); // amoadd.w a0, a2, (a1)
        assertThat(guestFault(LUI_A1_DEVICE, 0x1005_a52f))
                .containsExactly("21 LOAD 10000000 1000252f 4"); // lr.w a0, (a1)
        assertThat(guestFault(LUI_A1_DEVICE, 0x4188)).containsExactly("21 LOAD 10000000 2501 4"); // c.lw a0, 0(a1)
        assertThat(guestFault(LUI_A1_DEVICE, 0x0005_8067))
                .containsExactly("20 FETCH 10000000 0 ffffffff90000000"); // jr a1
    }

    @Test
    void codeThatAGuestWritesOverIsExecutedAsItIsNow() {
        int[] code = {
            0x8000_05b7, // lui a1, 0x80000, sign-extended
            0x0205_9593, // slli a1, a1, 32
            0x0205_d593, // srli a1, a1, 32
            0x1000_0613 // li a2, 0x100
        };
        int addA3 = 0x0016_8693; // addi a3, a3, 1
        int addA3Ten = 0x00a6_8693; // addi a3, a3, 10
        int ret = 0x0000_8067;
        try (TinyHarts tiny = new TinyHarts(1)
                .code(0, code)
                .code(
                        0x10,
                        0x00b6_0633, // add a2, a2, a1
                        0x0006_00e7, // jalr a2
                        0x2005_a503, // lw a0, 0x200(a1)
                        0x00a6_2023, // sw a0, 0(a2)
                        0x0000_100f, // fence.i
                        0x0006_00e7, // jalr a2
                        TinyHarts.ECALL)) {
            tiny.code(0x100, addA3, ret).code(0x200, addA3Ten);
            long[] sum = new long[1];
            tiny.monitor((core, trap) -> {
                assertThat(trap).isInstanceOf(Rv64Trap.Ecall.class);
                sum[0] = core.x(13);
                tiny.stop();
            });
            tiny.run();
            assertThat(sum[0]).isEqualTo(11);
        }
    }

    @Test
    void anInterruptPutIntoHvipIsTakenByTheGuestWhenItEnablesIt() {
        int[] code = {
            0x2000_0513, // li a0, 0x200
            0x1045_1073, // csrw sie, a0
            0x1001_6073, // csrsi sstatus, 2
            TinyHarts.JUMP_TO_SELF
        };
        try (TinyHarts tiny = new TinyHarts(1).code(0, code).code(0x100, TinyHarts.ECALL)) {
            long[] seen = new long[2];
            tiny.monitor(
                    core -> {
                        core.set(Csr.HIDELEG, 0x444);
                        core.set(Csr.HVIP, 1 << 10);
                        core.set(Csr.VSTVEC, TinyHarts.RAM + 0x100);
                    },
                    (core, trap) -> {
                        seen[0] = core.get(Csr.VSCAUSE);
                        seen[1] = core.get(Csr.VSEPC) - TinyHarts.RAM;
                        tiny.stop();
                    });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(seen).containsExactly(1L << 63 | 9, 12);
        }
    }

    @Test
    void aPhysicalInterruptReachesTheMonitorWhileTheGuestRuns() {
        try (TinyHarts tiny = new TinyHarts(1).code(0, TinyHarts.JUMP_TO_SELF)) {
            long[] seen = new long[2];
            tiny.monitor(
                    core -> {
                        core.set(Csr.SIE, 0x200);
                        core.set(Csr.STIMECMP, 50);
                    },
                    (core, trap) -> {});
            tiny.onInterrupt(core -> {
                seen[0] = core.get(Csr.SIP);
                seen[1] = core.cycles();
                tiny.machine.interruptInputs(0).supervisorExternal(false);
                tiny.stop();
            });
            tiny.machine.submit(() -> tiny.machine.interruptInputs(0).supervisorExternal(true));
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(seen).containsExactly(0x200, 0);
        }
    }

    @Test
    void theSupervisorTimerReachesTheMonitorAtItsVeryTick() {
        try (TinyHarts tiny = new TinyHarts(1).code(0, TinyHarts.JUMP_TO_SELF)) {
            long[] ticks = new long[1];
            tiny.monitor(
                    core -> {
                        core.set(Csr.SIE, 0x20);
                        core.set(Csr.STIMECMP, 50);
                    },
                    (core, trap) -> {});
            tiny.onInterrupt(core -> {
                ticks[0] = core.get(Csr.TIME);
                tiny.stop();
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(ticks[0]).isEqualTo(50);
        }
    }

    @Test
    void theMonitorReadsAndWritesTheGuestsVirtualMemory() {
        try (TinyHarts tiny = new TinyHarts(1).code(0, TinyHarts.ECALL)) {
            long[] value = new long[1];
            tiny.monitor(Rv64MachineTest::mapRamOnly, (core, trap) -> {
                assertThat(core.storeVirtual(TinyHarts.RAM + 0x800, 8, 0x1234_5678_9abc_def0L))
                        .isZero();
                assertThat(core.loadVirtual(TinyHarts.RAM + 0x804, 4, Access.LOAD, value))
                        .isZero();
                assertThat(core.loadVirtual(DEVICE, 4, Access.LOAD, new long[1]))
                        .isEqualTo(21);
                assertThat(core.walker().guestPhysical()).isEqualTo(DEVICE);
                tiny.stop();
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(value[0]).isEqualTo(0x1234_5678L);
        }
    }

    @Test
    void aSecondHartStartsByFirmwareWithItsNumberAndArgument() {
        int[] code = {
            0x0048_58b7, // lui a7, 0x485
            0x34d8_8893, // addi a7, a7, 0x34d: "HSM"
            0x0000_0813, // li a6, 0
            0x0010_0513, // li a0, 1
            0x8000_05b7, // lui a1, 0x80000
            0x0205_9593, // slli a1, a1, 32
            0x0205_d593, // srli a1, a1, 32
            0x1005_8593, // addi a1, a1, 0x100
            0x02a0_0613, // li a2, 42
            TinyHarts.ECALL,
            TinyHarts.WFI
        };
        try (TinyHarts tiny = new TinyHarts(2).code(0, code).code(0x100, 0x0080_0893, TinyHarts.ECALL)) {
            tiny.machine.bootNatively(TinyHarts.RAM, 0);
            assertThat(tiny.run()).isEqualTo(StopReason.POWER_OFF);
            assertThat(tiny.machine.core(1).x(11)).isEqualTo(42);
            assertThat(tiny.machine.core(1).pc()).isEqualTo(TinyHarts.RAM + 0x108);
        }
    }

    @Test
    void theGuestsTimeIsShiftedByHtimedelta() {
        try (TinyHarts tiny = new TinyHarts(1).code(0, RDTIME_A0, TinyHarts.ECALL)) {
            long[] seen = new long[1];
            tiny.monitor(
                    core -> {
                        core.set(Csr.HCOUNTEREN, 2);
                        core.set(Csr.HTIMEDELTA, 1_000_000);
                    },
                    (core, trap) -> {
                        seen[0] = core.x(10);
                        tiny.stop();
                    });
            tiny.run();
            assertThat(seen[0]).isEqualTo(1_000_000);
        }
    }

    /** eidelivery on, identity 5 enabled, then interrupts on; the handler claims. */
    private static TinyHarts withInterruptFiles() {
        int[] code = {
            0x0700_0513, // li a0, 0x70
            0x1505_1073, // csrw siselect, a0
            0x0010_0593, // li a1, 1
            0x1515_9073, // csrw sireg, a1
            0x0c00_0513, // li a0, 0xc0
            0x1505_1073, // csrw siselect, a0
            0x0200_0593, // li a1, 0x20
            0x1515_9073, // csrw sireg, a1
            0x2000_0513, // li a0, 0x200
            0x1045_1073, // csrw sie, a0
            0x1001_6073, // csrsi sstatus, 2
            TinyHarts.JUMP_TO_SELF
        };
        TinyHarts tiny = new TinyHarts(1)
                .code(0, code)
                .code(
                        0x100,
                        0xdb00_2673, // csrr a2, stopi
                        0x15c0_16f3, // csrrw a3, stopei, x0
                        0x15c0_2773, // csrr a4, stopei
                        TinyHarts.ECALL);
        Imsic imsic = new Imsic(
                "imsic",
                63,
                3,
                new HartInterruptInputs[] {tiny.machine.interruptInputs(0)},
                (core, source, format, arguments) -> tiny.errors.add(source));
        tiny.machine.bus().attach(imsic.supervisorWindow(), IMSIC);
        tiny.machine.connect(0, imsic.hart(0));
        return tiny;
    }

    @Test
    void aMessageToAGuestInterruptFileIsTakenAndClaimedByTheGuestWithoutATrap() {
        List<String> traps = new ArrayList<>();
        try (TinyHarts tiny = withInterruptFiles()) {
            tiny.monitor(
                    core -> {
                        core.set(Csr.HIDELEG, 0x444);
                        core.set(Csr.HSTATUS, 2 << 12);
                        core.set(Csr.VSTVEC, TinyHarts.RAM + 0x100);
                        core.writePhysical(IMSIC + 2 * Imsic.PAGE, 4, 5);
                    },
                    (core, trap) -> {
                        traps.add("%s %x %x %x %x"
                                .formatted(
                                        trap.kind().label(),
                                        core.get(Csr.VSCAUSE),
                                        core.x(12),
                                        core.x(13),
                                        core.x(14)));
                        tiny.stop();
                    });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(tiny.errors).isEmpty();
        }
        assertThat(traps).containsExactly("ecall 8000000000000009 90001 50005 0");
    }

    @Test
    void withoutAGuestInterruptFileItsRegistersAreVirtualInstructions() {
        List<String> traps = new ArrayList<>();
        try (TinyHarts tiny = withInterruptFiles()) {
            tiny.monitor(core -> core.set(Csr.HSTATUS, 0), (core, trap) -> {
                traps.add("%s %x".formatted(trap.kind().label(), core.get(Csr.STVAL)));
                tiny.stop();
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
        }
        assertThat(traps).containsExactly("virtual-insn 15159073");
    }

    @Test
    void aNativeSystemTakesAndClaimsFromItsSupervisorFile() {
        try (TinyHarts tiny = withInterruptFiles()) {
            tiny.code(0x10c, 0x0080_0893, TinyHarts.ECALL); // li a7, 8; ecall
            tiny.machine.bootNatively(TinyHarts.RAM, 0);
            tiny.machine.run(1);
            tiny.machine.core(0).set(Csr.VSTVEC, TinyHarts.RAM + 0x100);
            tiny.machine.bus().write(-1, IMSIC, 4, 5);
            assertThat(tiny.run()).isEqualTo(StopReason.POWER_OFF);
            Rv64Core core = tiny.machine.core(0);
            assertThat(core.x(12)).isEqualTo(0x9_0001);
            assertThat(core.x(13)).isEqualTo(0x5_0005);
            assertThat(core.x(14)).isZero();
        }
    }
}
