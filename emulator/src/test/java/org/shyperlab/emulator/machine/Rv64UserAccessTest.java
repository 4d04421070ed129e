package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.engine.Engine;

class Rv64UserAccessTest {
    private static final long LOAD_PAGE_FAULT = 1 << 13;

    /**
     * A supervisor loads three times from a page of the user's without SUM and with it; every load without faults.
     *
     * <pre>
     * li s0, 0x80100000; li t0, 0x200000cf; sd t0, 16(s0); li t0, 0x200000d7; sd t0, 8(s0); lla t0, trap; csrw stvec, t0
     * li t0, 8 << 60 | 0x80100; csrw satp, t0; sfence.vma; li s4, 0x40200000; li s5, 3; li s6, 1 << 18; 1: ld t1, 0(s4)
     * csrs sstatus, s6; ld t1, 0(s4); addi s2, s2, 1; csrc sstatus, s6; addi s5, s5, -1; bnez s5, 1b; li s0, 0x80300000
     * sd s1, 0(s0); sd s2, 8(s0); li a7, 8; ecall; j .; trap: csrr t2, scause; slli s1, s1, 8; or s1, s1, t2; csrr t2, sepc
     * addi t2, t2, 4; csrw sepc, t2; sret
     * </pre>
     */
    @ParameterizedTest
    @EnumSource(Engine.Hooks.class)
    void userPagesAreOpenToASupervisorOnlyWhileSumIsSet(Engine.Hooks hooks) {
        try (TinyHarts tiny = new TinyHarts(1, hooks)
                .code(
                        0,
                        0x00001437,
                        0x8014041b,
                        0x01441413,
                        0x200002b7,
                        0x0cf2829b,
                        0x00543823,
                        0x200002b7,
                        0x0d72829b,
                        0x00543423,
                        0x00000297,
                        0x07028293,
                        0x10529073,
                        0xfff0029b,
                        0x02c29293,
                        0x00128293,
                        0x01329293,
                        0x10028293,
                        0x18029073,
                        0x12000073,
                        0x40200a37,
                        0x00300a93,
                        0x00040b37,
                        0x000a3303,
                        0x100b2073,
                        0x000a3303,
                        0x00190913,
                        0x100b3073,
                        0xfffa8a93,
                        0xfe0a94e3,
                        0x00001437,
                        0x8034041b,
                        0x01441413,
                        0x00943023,
                        0x01243423,
                        0x00800893,
                        0x00000073,
                        0x0000006f,
                        0x142023f3,
                        0x00849493,
                        0x0074e4b3,
                        0x141023f3,
                        0x00438393,
                        0x14139073,
                        0x10200073)) {
            tiny.monitor(core -> core.set(Csr.HEDELEG, LOAD_PAGE_FAULT), (core, trap) -> {
                assertThat(core.x(9)).as("causes").isEqualTo(0x0d0d0d);
                assertThat(core.x(18)).as("loads with SUM").isEqualTo(3);
                tiny.stop();
            });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
        }
    }
}
