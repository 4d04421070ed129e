package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.hypervisor.code.A64Assembler;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmState;

/** SYSTEM_RESET2 of PSCI 1.1, by both its numbers. */
class WarmResetTest {
    private static final long FEATURES = 0x8400_000aL;
    private static final long COOKIE = 77;

    private final A64Assembler code = new A64Assembler();
    private int results;

    private void call(long... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            code.constantX(i, arguments[i]);
        }
        code.word(0xd400_0003); // smc #0
    }

    private void keep() {
        code.word(0xf900_0020 | results++ << 10); // str x0, [x1, …]
    }

    /** Asks, tries types that there are not, and then resets. */
    private byte[] guest(long function) {
        for (long[] call : new long[][] {
            {FEATURES, function},
            {function, 1, COOKIE},
            {function, 0x8000_0000L, COOKIE},
            {function, 0xffff_ffffL, COOKIE}
        }) {
            call(call);
            code.constantX(1, code.ram() + LifeBoard.COUNTER);
            keep();
        }
        code.constantX(9, 1_000_000);
        code.word(0xf100_0529, 0x54ff_ffe1); // 1: subs x9, x9, #1; b.ne 1b
        call(function, 0, COOKIE);
        call(0x8400_0008L);
        return code.image();
    }

    @ParameterizedTest
    @ValueSource(longs = {0x8400_0012L, 0xc400_0012L})
    void aVmThatResetsWarmStartsOverAndTypesThatThereAreNotAreWrongArguments(long function) {
        try (TestBoard board = new TestBoard(2)) {
            Hypervisor hypervisor = board.boot(
                    TestBoard.setup(TestBoard.vm("first", 1, 0, true), Guests.SPIN),
                    TestBoard.setup(TestBoard.vm("second", 2, 1, true), guest(function)));
            board.run(11 * TestBoard.MILLISECOND + TestBoard.MILLISECOND / 2);
            assertThat(board.resets.get(1))
                    .as("pending: once to boot, and twice for each reset, every two milliseconds")
                    .isEqualTo(1 + 2 * 5);
            Vm vm = hypervisor.vms().get(1);
            assertThat(vm.state()).isEqualTo(VmState.ACTIVE);
            long[] told = new long[4];
            for (int n = 0; n < told.length; n++) {
                long physical = vm.memory().physical(code.ram() + LifeBoard.COUNTER + 8L * n, 8);
                told[n] = board.machine.bus().read(-1, physical, 8);
            }
            assertThat(told).containsExactly(0, -2, -2, -2);
            assertThat(board.failures).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0x8400_0012L, 0xc400_0012L})
    void aWarmResetOfTheManagementVmOrOfANativeSystemResetsTheBoard(long function) {
        byte[] guest = guest(function);
        try (TestBoard board = new TestBoard(1)) {
            board.boot(TestBoard.setup(TestBoard.vm("first", 1, 0, true), guest));
            assertThat(board.run(10 * TestBoard.MILLISECOND)).isEqualTo(StopReason.RESET);
        }
        try (TestBoard board = new TestBoard(1)) {
            long entry = code.address(0);
            for (int at = 0; at < guest.length; at++) {
                board.machine.bus().write(-1, entry + at, 1, guest[at] & 0xff);
            }
            board.machine.bootNatively(entry, 0);
            assertThat(board.run(10 * TestBoard.MILLISECOND)).isEqualTo(StopReason.RESET);
            for (int n = 1; n < 4; n++) {
                assertThat(board.machine.bus().read(-1, code.ram() + LifeBoard.COUNTER + 8L * n, 8))
                        .isEqualTo(-2);
            }
        }
    }
}
