package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmControl;

/** Guests without a message ring wait in their file calls, on real machines. */
class FilesOnAMachineTest {
    private static final int NO_NIC = -1;

    private static long sum(LifeBoard board, Vm vm) {
        return board.word(vm, vm.config().memory().get(0).base() + LifeBoard.COUNTER + FileProgram.SUM_AT);
    }

    private static long traps(Vm vm) {
        long traps = 0;
        for (TrapKind kind : TrapKind.values()) {
            traps += vm.vcpus().get(0).traps(kind);
        }
        return traps;
    }

    @ParameterizedTest
    @CsvSource({"aarch64, 2", "aarch64, 1", "riscv64, 2", "riscv64, 1", "riscv64-aia, 2"})
    void theResultOfACallIsWhatTheServerAnswersOnAnotherCoreOrOnItsOwn(String architecture, long core) {
        boolean shared = core == 1;
        int calls = shared ? 2 : 20; // on one core the client waits with each for the server's turn to end
        try (LifeBoard board = LifeBoard.of(architecture)) {
            board.connectDevices();
            VmControl control = board.boot(
                            board.equipped("server", 1, 0, NO_NIC, FileProgram.server(board)),
                            board.equipped(
                                    "client",
                                    core,
                                    Long.numberOfTrailingZeros(core),
                                    NO_NIC,
                                    FileProgram.client(board, calls)))
                    .control();
            board.run(shared ? 60 : 2);
            Vm client = control.vms().get(1);
            assertThat(board.failures()).isEmpty();
            assertThat(board.count(client)).isEqualTo(calls);
            assertThat(sum(board, client)).isEqualTo(calls * (calls + 1) / 2);
            assertThat(board.count(control.vms().get(0))).isEqualTo(calls + 1);
            assertThat(traps(client)).as("it slept meanwhile").isLessThan(10L * calls + 10);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64"})
    void whoIsPausedInACallHasItsResultWhenItGoesOnAndWhoIsStoppedLeavesNothing(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            board.connectDevices();
            VmControl control = board.boot(
                            board.equipped("server", 1, 0, NO_NIC, FileProgram.server(board)),
                            board.equipped("client", 2, 1, NO_NIC, FileProgram.client(board, 1_000_000)))
                    .control();
            Vm client = control.vms().get(1);
            board.run(1);
            control.pause(client);
            board.run(1);
            long count = board.count(client);
            assertThat(count).isPositive();
            board.run(1);
            assertThat(board.count(client)).isEqualTo(count);
            control.resume(client);
            board.run(1);
            count = board.count(client);
            assertThat(sum(board, client)).isEqualTo(count * (count + 1) / 2);
            control.stop(client);
            board.run(1);
            control.boot(client);
            board.run(1);
            count = board.count(client);
            assertThat(count).isPositive();
            assertThat(sum(board, client)).isEqualTo(count * (count + 1) / 2);
            assertThat(board.failures()).isEmpty();
        }
    }
}
