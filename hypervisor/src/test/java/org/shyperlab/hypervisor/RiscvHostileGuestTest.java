package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.hypervisor.RiscvTestBoard.MILLISECOND;
import static org.shyperlab.hypervisor.RiscvTestBoard.vm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.hypervisor.RiscvTestBoard.Controller;

/** Guests of random code: calls with random arguments, accesses to the interrupt controllers and to nowhere, CSRs, and words of any kind. */
class RiscvHostileGuestTest {
    private static final int GUESTS = 16;
    private static final int WORDS = 512;
    private static final int ECALL = 0x0000_0073;
    private static final int A7 = 17;
    private static final int[] EXTENSIONS = {
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        0x10,
        0x5449_4d45,
        0x0073_5049,
        0x5246_4e43,
        0x0048_534d,
        0x4442_434e,
        0x0a00_0004,
        0x0a00_0100,
        0x0a00_0108,
        0x0aff_ffff,
        -1
    };
    private static final int[] VALUES = {
        0,
        1,
        2,
        3,
        -1,
        -2,
        64,
        0x1000,
        0x0c00_0000,
        0x0c00_2080,
        0x0c20_1000,
        0x0c20_1004,
        0x0c5f_fffc,
        0x0c60_0000,
        0x0d00_0000,
        0x0d00_0028,
        0x0d00_1edc,
        0x0d00_2000,
        0x0d00_3000,
        0x0d00_3028,
        0x0d00_4000,
        0x2800_0000,
        0x2800_4000,
        0x2800_8000,
        0x1000_0000,
        0x7fff_ffff,
        0x8000_0000
    };

    private final ByteBuffer code = ByteBuffer.allocate(WORDS * 4).order(ByteOrder.LITTLE_ENDIAN);

    private byte[] guest(long seed) {
        Random random = new Random(seed);
        code.clear();
        load(5, 0x0020_0000); // stvec points into the code, which lies at 0x80200000: an exception goes on somewhere in
        // it
        code.putInt(0x0010_0313); // li t1, 1
        code.putInt(0x01f3_1313); // slli t1, t1, 31
        code.putInt(0x0062_82b3); // add t0, t0, t1
        code.putInt(0x0802_8293); // addi t0, t0, 0x80
        code.putInt(0x1052_9073); // csrw stvec, t0
        while (code.remaining() > 64) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    load(A7, EXTENSIONS[random.nextInt(EXTENSIONS.length)]);
                    load(16, random.nextInt(8));
                    for (int argument = 10; argument < 13; argument++) {
                        load(argument, VALUES[random.nextInt(VALUES.length)]);
                    }
                    code.putInt(ECALL);
                }
                case 1, 2 -> {
                    load(11, VALUES[random.nextInt(VALUES.length)]);
                    int width = random.nextInt(8) << 12;
                    code.putInt(random.nextBoolean() ? 0x0005_8503 | width : 0x00c5_8023 | width);
                }
                case 3 ->
                    code.putInt(random.nextInt(0x1000) << 20 | 0x0000_1573 | random.nextInt(32) << 15); // csrrw a0, …
                default -> code.putInt(random.nextInt());
            }
        }
        return code.array().clone();
    }

    /** lui and addiw. */
    private void load(int register, int value) {
        code.putInt(value + 0x800 & 0xffff_f000 | register << 7 | 0x37);
        code.putInt(value << 20 | register << 15 | register << 7 | 0x1b);
    }

    @ParameterizedTest
    @EnumSource
    void nothingThatAGuestDoesStopsTheHypervisorOrAnotherVm(Controller controller) {
        long calls = 0;
        long faults = 0;
        int failures = 0;
        for (long seed = 0; seed < GUESTS; seed++) {
            try (RiscvTestBoard board = new RiscvTestBoard(2, controller)
                    .boot(
                            vm("ticks", 1, 0, controller, List.of(), RiscvGuests.TICKS),
                            vm("hostile", 0b11, 1, controller, List.of(), guest(seed)))) {
                assertThat(board.run(10 * MILLISECOND)).as("seed %d", seed).isEqualTo(StopReason.LIMIT);
                assertThat(board.result(0, 0))
                        .as("seed %d: ticks of the other VM", seed)
                        .isBetween(8L, 10L);
                calls += board.traps(1, 0, TrapKind.ECALL);
                faults += board.traps(1, 0, TrapKind.GUEST_PAGE_FAULT);
                failures += board.failures.size();
            }
        }
        assertThat(calls).isPositive();
        assertThat(faults).isPositive();
        assertThat(failures).isPositive();
    }
}
