package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.code.Rv64Assembler;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.riscv64.Rv64Vm;

/** SBI's hart state management and fences, asked for by the harts of a VM. */
class HartStatesTest {
    private static final int IPI = 0x0073_5049;
    private static final int RFENCE = 0x5246_4e43;
    private static final int HSM = 0x0048_534d;
    private static final int START = 0;
    private static final int STATUS = 2;
    private static final int SUSPEND = 3;
    private static final int SOFTWARE = 1 << 1;
    private static final int SIE = 0x104;
    private static final int SIP = 0x144;
    private static final int A0 = 10;
    private static final int A1 = 11;
    private static final int A2 = 12;
    private static final int A6 = 16;
    private static final int RESULTS = 1;
    private static final int VALUE = 2;
    private static final int ROUND = 3;
    private static final int END = 4;

    /** What hart 1 says of itself. */
    private static final int STEP = 0x400;

    private final Rv64Assembler code = new Rv64Assembler();
    private int results;

    private void call(int extension, int function, long... arguments) {
        int[] registers = {A0, A1, A2};
        for (int i = 0; i < arguments.length; i++) {
            code.constantX(registers[i], arguments[i]);
        }
        code.constantX(A6, function);
        code.ecall(extension);
    }

    private void keep(int register) {
        code.storeX(8, register, 18 + RESULTS, 8 * results++);
    }

    /** Long enough that the other hart is where it was going. */
    private void delay() {
        code.constant(ROUND, 0);
        code.constant(END, 100_000);
        Label again = code.here();
        code.increase(ROUND, ROUND, 1);
        code.jumpIfDifferent(ROUND, END, again);
    }

    private void awaitStep(int step) {
        code.constant(END, step);
        Label again = code.here();
        code.load(8, VALUE, RESULTS, STEP);
        code.jumpIfDifferent(VALUE, END, again);
        delay();
    }

    private void step(int step) {
        code.constant(VALUE, step);
        code.store(8, VALUE, RESULTS, STEP);
    }

    private List<Long> run(int count) {
        return run(count, LifeBoard.of("riscv64"));
    }

    /** Two harts, of which the second shares its core with another VM, so that its waiting traps. */
    private List<Long> run(int count, LifeBoard board) {
        try (board) {
            Vm vm = board.boot(board.guest("harts", 0b11, 0, code.image()), board.counting("other", 0b10, 1))
                    .vms()
                    .get(0);
            board.run(80);
            assertThat(board.failures()).isEmpty();
            long ram = vm.config().memory().get(0).base() + LifeBoard.COUNTER;
            return java.util.stream.IntStream.range(0, count)
                    .mapToObj(n -> board.word(vm, ram + 8L * n))
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"riscv64", "riscv64-aia"})
    void aHartIsSeenToBeSuspendedAndThoughItWaitsToBeStarted(String architecture) {
        Label first = code.label();
        code.constant(RESULTS, code.ram() + LifeBoard.COUNTER);
        code.word(10 << 15 | 18 + VALUE << 7 | 0x13); // mv: the number of the hart
        code.constant(END, 0);
        code.jumpIfEqual(VALUE, END, first);
        code.constantX(A0, SOFTWARE);
        code.writeCsr(SIE, A0);
        step(1);
        call(HSM, SUSPEND, 0, 1, 0);
        code.storeX(8, A0, 18 + RESULTS, STEP + 8);
        code.constantX(A0, 0);
        code.writeCsr(SIP, A0);
        step(2);
        code.waitForInterrupt();
        step(3);
        Label forever = code.here();
        code.jump(forever);

        code.place(first);
        call(HSM, STATUS, 1);
        keep(A1);
        call(HSM, START, 1, code.address(0), 0);
        awaitStep(1);
        call(HSM, STATUS, 1);
        keep(A1);
        call(IPI, 0, 0b10, 0);
        awaitStep(2);
        call(HSM, STATUS, 1);
        keep(A1);
        call(IPI, 0, 0b10, 0);
        awaitStep(3);
        call(HSM, STATUS, 1);
        keep(A1);
        code.load(8, VALUE, RESULTS, STEP + 8);
        code.store(8, VALUE, RESULTS, 8 * results++);
        step(4);
        Label end = code.here();
        code.jump(end);
        assertThat(run(5, LifeBoard.of(architecture)))
                .containsExactly(
                        1L, // stopped
                        4L, // suspended
                        0L, // started, though it waits: by an instruction of its own
                        0L, // started
                        0L); // what the suspended hart was told
    }

    /** From outside, where nothing else happens between the order and the question. */
    @Test
    void aHartThatWasToldToStartIsOnItsWayUntilItsCoreHearsOfIt() {
        try (LifeBoard board = LifeBoard.of("riscv64")) {
            VmControl control = board.boot(board.counting("harts", 0b11, 0), board.counting("other", 0b10, 1))
                    .control();
            Rv64Vm vm = (Rv64Vm) control.vms().get(0);
            board.run(1);
            assertThat(status(vm)).as("stopped").isEqualTo(1);
            control.powerOn(vm.vcpus().get(1), vm.config().image().entryPoint(), 0);
            assertThat(status(vm)).as("start pending").isEqualTo(2);
            board.run(30);
            assertThat(status(vm)).as("started").isZero();
        }
    }

    private static long status(Rv64Vm vm) {
        assertThat(vm.firmware().call(0, HSM, STATUS, 1, 0, 0)).isZero();
        return vm.firmware().value();
    }

    @Test
    void fencesOfTheSecondStageAndOtherKindsOfSleepAreNotForGuests() {
        code.constant(RESULTS, code.ram() + LifeBoard.COUNTER);
        for (int function = 0; function <= 7; function++) {
            call(RFENCE, function, 0b11, 0, 0);
            keep(A0);
        }
        call(HSM, SUSPEND, 0x8000_0000L, code.address(0), 0);
        keep(A0);
        call(HSM, SUSPEND, 0x1000_0000L, code.address(0), 0);
        keep(A0);
        Label end = code.here();
        code.jump(end);
        assertThat(run(10)).containsExactly(0L, 0L, 0L, -2L, -2L, -2L, -2L, -2L, -2L, -3L);
    }
}
