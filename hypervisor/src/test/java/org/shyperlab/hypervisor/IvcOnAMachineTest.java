package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;
import org.shyperlab.hypervisor.vm.VmControl;

/** Guests that write to each other, share memory and ring bells, on real machines. */
class IvcOnAMachineTest {
    private static final int NO_NIC = -1;
    private static final int FIRST = 1;
    private static final int SECOND = 2;

    static long second(LifeBoard board, Vm vm) {
        return result(board, vm, IvcProgram.SECOND);
    }

    private static long result(LifeBoard board, Vm vm, int offset) {
        long ram = vm.config().memory().get(0).base();
        return board.word(vm, ram + LifeBoard.COUNTER + offset);
    }

    /** The sum of so many rings, from 1 on, of a bell. */
    static long rings(int times) {
        long sum = 0x1000; // the length in the message that memory is there
        for (int ring = 1; ring <= times; ring++) {
            sum = sum * IvcProgram.FACTOR + ring;
        }
        return sum;
    }

    /** The sum of so many texts of a VM: class, event, sender, length and text of each. */
    private static long sum(int from, long texts) {
        long sum = 0;
        for (long text = 1; text <= texts; text++) {
            for (long word : new long[] {2, 1, from, 8, text}) {
                sum = sum * IvcProgram.FACTOR + word;
            }
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({
        "aarch64, false, 4",
        "aarch64, true, 4",
        "aarch64, true, 2",
        "riscv64, false, 4",
        "riscv64, true, 4",
        "riscv64, true, 2",
        "riscv64-aia, false, 4",
        "riscv64-aia, true, 4",
        "riscv64-aia, true, 2"
    })
    void everyTextArrivesOnceWholeAndInOrderWhetherTheReaderRunsOrSleepsOnItsCoreOrTheWritersOwn(
            String architecture, boolean sleeps, long readersCore) {
        boolean shared = readersCore == 2;
        int texts = shared ? 2 : 20; // on one core the writer waits with each for the reader's turn
        try (LifeBoard board = LifeBoard.of(architecture)) {
            board.connectDevices();
            VmControl control = board.boot(
                            board.counting("manager", 1, 0),
                            board.equipped("writer", 2, 1, NO_NIC, IvcProgram.writer(board, SECOND, texts)),
                            board.equipped(
                                    "reader",
                                    readersCore,
                                    Long.numberOfTrailingZeros(readersCore),
                                    NO_NIC,
                                    IvcProgram.reader(board, sleeps)))
                    .control();
            board.run(shared ? 25 : 2);
            Vm reader = control.vms().get(SECOND);
            assertThat(board.failures()).isEmpty();
            assertThat(board.count(control.vms().get(FIRST))).isEqualTo(texts);
            assertThat(board.count(reader)).isEqualTo(texts);
            assertThat(second(board, reader)).isEqualTo(sum(FIRST, texts));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aReaderThatIsPausedGetsWhatWasWrittenWhenItGoesOnAndItsWriterIsRefusedMeanwhile(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            board.connectDevices();
            VmControl control = board.boot(
                            board.counting("manager", 1, 0),
                            board.equipped("writer", 2, 1, NO_NIC, IvcProgram.writer(board, SECOND, 1_000_000)),
                            board.equipped("reader", 4, 2, NO_NIC, IvcProgram.reader(board, true)))
                    .control();
            Vm writer = control.vms().get(FIRST);
            Vm reader = control.vms().get(SECOND);
            board.run(1);
            control.pause(reader);
            board.run(1);
            long read = board.count(reader);
            long refused = second(board, writer);
            assertThat(read).isPositive();
            board.run(1);
            assertThat(board.count(reader)).as("paused").isEqualTo(read);
            assertThat(board.count(writer)).as("one more waits for it").isBetween(read, read + 1);
            control.resume(reader);
            board.run(1);
            long later = board.count(reader);
            assertThat(later).isGreaterThan(read + 8);
            assertThat(second(board, writer)).as("refusals").isGreaterThan(refused);
            control.pause(reader);
            board.run(1);
            assertThat(second(board, reader)).isEqualTo(sum(FIRST, board.count(reader)));
            assertThat(board.failures()).isEmpty();
        }
    }

    /** Rust-Shyper injects the interrupt of a message once, and its guests do nothing to lower it. */
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aGuestOfTheOriginalGetsOneInterruptForEachMessage(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            board.connectDevices();
            Hypervisor hypervisor = board.boot(
                    board.counting("manager", 1, 0),
                    board.equipped("original", 2, 1, NO_NIC, IvcProgram.original(board)));
            Vm original = hypervisor.control().vms().get(FIRST);
            board.run(1);
            long sum = 0;
            for (int message = 1; message <= 12; message++) {
                assertThat(hypervisor.askToReboot(FIRST)).isTrue();
                board.run(1);
                sum = sum * IvcProgram.FACTOR + 4;
                assertThat(board.count(original)).isEqualTo(message);
            }
            assertThat(second(board, original)).isEqualTo(sum);
            assertThat(board.failures()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aFullRingRefusesDoorbellsAndSharedMemoryOutlivesWhoGaveIt(String architecture) {
        int times = 20;
        try (LifeBoard board = LifeBoard.of(architecture)) {
            board.connectDevices();
            VmControl control = board.boot(board.counting("manager", 1, 0)).control();
            board.run(1);
            VmBuilder.Ledger before = control.ledger();
            Vm ringer = control.create(board.equipped("ringer", 2, 1, NO_NIC, IvcProgram.ringer(board, SECOND, times)));
            Vm listener =
                    control.create(board.equipped("listener", 4, 2, NO_NIC, IvcProgram.listener(board, FIRST, times)));
            control.boot(ringer);
            control.boot(listener);
            board.run(3);
            assertThat(board.failures()).isEmpty();
            assertThat(board.count(ringer)).as("rings").isEqualTo(times);
            assertThat(second(board, ringer))
                    .as("refused while the ring was full")
                    .isPositive();
            assertThat(second(board, listener)).isEqualTo(rings(times));
            assertThat(result(board, listener, IvcProgram.SHARED_WORD)).isEqualTo(times);

            control.remove(ringer);
            board.run(1);
            long looks = board.count(listener);
            board.run(1);
            assertThat(board.count(listener)).as("it looks on").isGreaterThan(looks);
            assertThat(result(board, listener, IvcProgram.SHARED_WORD)).isEqualTo(times);
            assertThat(board.failures()).isEmpty();
            control.remove(listener);
            board.run(1);
            assertThat(control.ledger()).isEqualTo(before);
        }
    }
}
