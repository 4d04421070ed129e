package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.hypervisor.vm.VmState;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;

/** Guests of random instructions beside a healthy one: they may fail, they may not disturb. */
class HostileGuestTest {
    private static final long RESULTS = 0x4010_0000L;
    private static final int CODE = 0x1000;
    private static final int CODE_WORDS = 4096;

    /** Vectors at +0x800; X0 = GICD, X1 = GICC, X2 = UART, X3 and SP = RAM, X4 = GICD_SGIR, X5 = GICD_IPRIORITYR; then to +0x1000. */
    private static final int[] START = {
        0x10004000, // adr x0, +0x800
        0xd518c000, // msr vbar_el1, x0
        0xd2a10000, // mov x0, #0x8000000
        0xd2a10021, // mov x1, #0x8010000
        0xd2a12002, // mov x2, #0x9000000
        0xd2a80203, // mov x3, #0x40100000
        0x913c0004, // add x4, x0, #0xf00
        0x91100005, // add x5, x0, #0x400
        0x9100007f, // mov sp, x3
        0x140003f7 // b +0x1000
    };

    /** Every vector skips the instruction at fault, restores X0 to X3 and returns. */
    private static final int[] VECTOR = {
        0xd538403c, // mrs x28, elr_el1
        0x9100139c, // add x28, x28, #4
        0xd518403c, // msr elr_el1, x28
        0xd2a10000, // mov x0, #0x8000000
        0xd2a10021, // mov x1, #0x8010000
        0xd2a12002, // mov x2, #0x9000000
        0xd2a80203, // mov x3, #0x40100000
        0xd69f03e0 // eret
    };

    private static byte[] hostile(long seed) {
        Random random = new Random(seed);
        ByteBuffer image = ByteBuffer.allocate(CODE + CODE_WORDS * 4).order(ByteOrder.LITTLE_ENDIAN);
        put(image, 0, START);
        for (int vector = 0x800; vector < CODE; vector += 0x80) {
            put(image, vector, VECTOR);
        }
        for (int i = 0; i < CODE_WORDS - 1; i++) {
            image.putInt(CODE + i * 4, word(random));
        }
        image.putInt(CODE + (CODE_WORDS - 1) * 4, 0x17ff_f001); // b back to +0x1000
        return image.array();
    }

    private static void put(ByteBuffer image, int offset, int[] words) {
        for (int i = 0; i < words.length; i++) {
            image.putInt(offset + i * 4, words[i]);
        }
    }

    private static int word(Random random) {
        int base = random.nextInt(6) << 5;
        int target = 6 + random.nextInt(20);
        return switch (random.nextInt(10)) {
            case 0, 1 ->
                0xb900_0000 | random.nextInt(2) << 22 | random.nextInt(0x400) << 10 | base | target; // ldr/str w, 4 KiB
            case 2 -> 0x3900_0000 | random.nextInt(2) << 22 | random.nextInt(0x1000) << 10 | base | target; // ldrb/strb
            case 3 ->
                0x2900_0000
                        | random.nextInt(1 << 9) << 15
                        | random.nextInt(2) << 24
                        | (6 + random.nextInt(20)) << 10
                        | base
                        | target;
            case 4 ->
                0xb800_0400
                        | random.nextInt(1 << 11) << 12
                        | random.nextInt(2) << 11
                        | base
                        | target; // post- and pre-index
            case 5 -> 0xd510_0000 | random.nextInt(1 << 16) << 5 | random.nextInt(2) << 21 | target; // msr, mrs
            case 6 ->
                random.nextInt(8) == 0
                        ? 0xd400_0002 | random.nextInt(2)
                        : 0xd280_0000 | random.nextInt(1 << 21) << 5 | target;
            case 7 -> 0x0b00_0000 | random.nextInt(1 << 21) & 0x1f_ffe0 | target | 1 << 31; // add
            case 8 ->
                random.nextInt(4) == 0
                        ? 0xd503_205f | 1 << 5
                        : 0x3d80_0000 | random.nextInt(2) << 22 | base; // wfi, q registers
            default -> random.nextInt();
        };
    }

    @ParameterizedTest
    @CsvSource({"1,8,10,10", "0,5,25,1"})
    void aGuestOfRandomInstructionsDisturbsNobody(int hostileCore, int seeds, int milliseconds, long leastTicks) {
        int failed = 0;
        long traps = 0;
        for (long seed = 1; seed <= seeds; seed++) {
            try (TestBoard board = new TestBoard(2)) {
                Hypervisor hypervisor = board.boot(
                        TestBoard.setup(TestBoard.vm("healthy", 1, 0, true), Guests.TICKS),
                        TestBoard.setup(TestBoard.vm("hostile", 1L << hostileCore, hostileCore, true), hostile(seed)));
                assertThat(board.run(milliseconds * TestBoard.MILLISECOND + TestBoard.MILLISECOND / 2))
                        .as("seed %d", seed)
                        .isEqualTo(StopReason.LIMIT);
                long physical = ((A64Vm) hypervisor.vms().get(0)).memory().physical(RESULTS, 8);
                long ticks = board.machine.bus().read(-1, physical, 8);
                assertThat(ticks).as("seed %d", seed).isBetween(leastTicks, (long) milliseconds);
                assertThat(board.states).as("seed %d", seed).containsEntry(0, VmState.ACTIVE);
                assertThat(board.failures)
                        .as("seed %d", seed)
                        .allSatisfy(report -> assertThat(report.vm()).isEqualTo(1));
                failed += board.failures.size();
                for (TrapKind kind : TrapKind.values()) {
                    traps += board.vcpu(1, 0).traps(kind);
                }
            }
        }
        assertThat(failed).as("some got stopped").isPositive();
        assertThat(traps).as("and they did try").isGreaterThan(seeds * 3L);
    }
}
