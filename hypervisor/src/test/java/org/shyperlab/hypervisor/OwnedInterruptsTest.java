package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.code.A64Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmControl;

/** VMs that own their interrupts (GIC partial passthrough) are taken off their cores whatever they are at, and leave nothing there. */
class OwnedInterruptsTest {
    private static final int CNTV_TVAL = A64Assembler.system(3, 3, 14, 3, 0);
    private static final int CNTV_CTL = A64Assembler.system(3, 3, 14, 3, 1);
    private static final int CNTP_CTL = A64Assembler.system(3, 3, 14, 2, 1);
    private static final int CNTP_CVAL = A64Assembler.system(3, 3, 14, 2, 2);
    private static final long PLACE = TestBoard.RAM + LifeBoard.COUNTER;
    private static final long NEVER = 0x7fff_ffff_ffffL;

    /** Switches its interface on and the interrupt at a priority. */
    private static A64Assembler listening(int interrupt, int priority) {
        A64Assembler code = new A64Assembler();
        code.poke(1, TestBoard.GICD + 0x400 + interrupt, priority, 1, 2);
        code.poke(4, TestBoard.GICD + 0x100, 1L << interrupt, 1, 2);
        code.poke(4, TestBoard.GICC + 4, 0xff, 1, 2);
        code.poke(4, TestBoard.GICC, 1, 1, 2);
        return code;
    }

    /** Waits for the interrupt, acknowledges it, and counts from then on without ever ending it. */
    private static byte[] neverEnding(A64Assembler code, int acknowledged) {
        code.constant(1, TestBoard.GICC);
        code.constant(2, acknowledged);
        Label wait = code.here();
        code.load(4, 3, 1, 0xc);
        code.jumpIfDifferent(3, 2, wait);
        code.constant(1, PLACE);
        code.constant(4, 0);
        Label count = code.here();
        code.increase(4, 4, 1);
        code.store(8, 4, 1, 0);
        code.jump(count);
        return code.image();
    }

    private static byte[] inTimerHandler(int priority) {
        A64Assembler code = listening(27, priority);
        code.constantX(9, 1000);
        code.msr(CNTV_TVAL, 9);
        code.constantX(9, 1);
        code.msr(CNTV_CTL, 9);
        return neverEnding(code, 27);
    }

    /** SGI 1 is the hypervisor's IPI too. */
    private static byte[] inHandlerOfSgi1(int priority) {
        A64Assembler code = listening(1, priority);
        code.poke(4, TestBoard.GICD + 0xf00, 2 << 24 | 1, 1, 2);
        return neverEnding(code, 1 << 10 | 1); // from CPU 1
    }

    private static void assertObeys(byte[] program) {
        try (LifeBoard.A64 board = new LifeBoard.A64()) {
            VmControl control = board.boot(board.counting("first", 1, 0), board.own("rt", 1, program))
                    .control();
            Vm vm = control.vms().get(1);
            board.run(2);
            for (int round = 0; round < 3; round++) {
                long count = board.count(vm);
                assertThat(count).as("it is in its handler").isPositive();
                control.pause(vm);
                board.run(1);
                assertThat(vm.vcpus().get(0).state()).isEqualTo(VcpuState.PAUSED);
                long paused = board.count(vm);
                board.run(5);
                assertThat(board.count(vm)).isEqualTo(paused);
                control.resume(vm);
                board.run(2);
                assertThat(board.count(vm)).as("goes on, round %d", round).isGreaterThan(paused);
            }
            control.reset(vm);
            board.run(2);
            assertThat(board.count(vm)).as("starts over").isPositive();
            control.remove(vm);
            board.run(1);
            assertThat(control.vms()).hasSize(1);
            Vm next = control.create(board.ticking("next", 1));
            control.boot(next);
            board.run(10);
            assertThat(board.count(next)).as("the next VM's own timer").isGreaterThan(8);
            assertThat(board.errors()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x80, 0xa0, 0xf0})
    void aGuestInItsHandlerOfWhateverPriorityIsPausedAndGoesOn(int priority) {
        assertObeys(inTimerHandler(priority));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0xf0})
    void aGuestInItsHandlerOfTheNumberThatIsTheHypervisorsIpiToo(int priority) {
        assertObeys(inHandlerOfSgi1(priority));
    }

    /** Counts its timer's interrupts, one in a millisecond, and waits for them by PSCI CPU_SUSPEND instead of WFI. */
    private static byte[] suspending() {
        A64Assembler code = listening(27, 0xa0);
        code.constant(1, TestBoard.GICC);
        code.constant(2, 27);
        code.constant(4, 0);
        code.constant(5, PLACE);
        Label again = code.here();
        code.constantX(9, TestBoard.COUNTER_HERTZ / 1000);
        code.msr(CNTV_TVAL, 9);
        code.constantX(9, 1);
        code.msr(CNTV_CTL, 9);
        Label wait = code.here();
        code.increase(6, 6, 1);
        code.store(8, 6, 5, 8);
        code.constantX(0, 0xc400_0001L);
        code.word(0xd400_0003); // smc
        code.load(4, 3, 1, 0xc);
        code.jumpIfDifferent(3, 2, wait);
        code.store(4, 3, 1, 0x10);
        code.increase(4, 4, 1);
        code.store(8, 4, 5, 0);
        code.jump(again);
        return code.image();
    }

    @Test
    void aGuestThatSuspendsItselfIsWokenByItsOwnInterrupt() {
        try (LifeBoard.A64 board = new LifeBoard.A64()) {
            VmControl control = board.boot(board.counting("first", 1, 0), board.own("rt", 1, suspending()))
                    .control();
            Vm vm = control.vms().get(1);
            board.run(20);
            assertThat(board.count(vm)).as("interrupts").isBetween(18L, 20L);
        }
    }

    /** What a guest finds in its physical timer, then an alarm there that does not come. */
    private static byte[] timerUser() {
        A64Assembler code = new A64Assembler();
        code.constant(1, PLACE);
        for (int register : List.of(CNTP_CTL, CNTP_CVAL)) {
            code.mrs(register, 21); // the assembler's register 2
            code.increase(2, 2, 1);
            code.store(8, 2, 1, register == CNTP_CTL ? 0 : 8);
        }
        code.constantX(9, NEVER);
        code.msr(CNTP_CVAL, 9);
        code.constantX(9, 1);
        code.msr(CNTP_CTL, 9);
        Label forever = code.here();
        code.mrs(CNTP_CVAL, 21);
        code.store(8, 2, 1, 16);
        code.jump(forever);
        return code.image();
    }

    @Test
    void thePhysicalTimerIsTheGuestsOverAPauseAndNobodysAfterIt() {
        try (LifeBoard.A64 board = new LifeBoard.A64()) {
            VmControl control = board.boot(board.counting("first", 1, 0), board.own("rt", 1, timerUser()))
                    .control();
            Vm vm = control.vms().get(1);
            board.run(1);
            assertThat(board.word(vm, PLACE)).isOne();
            control.pause(vm);
            board.run(1);
            board.poke(vm, PLACE + 16, 0);
            control.resume(vm);
            board.run(1);
            assertThat(board.word(vm, PLACE + 16)).as("over a pause").isEqualTo(NEVER);
            control.reset(vm);
            board.run(1);
            assertThat(board.word(vm, PLACE)).as("CNTP_CTL after a reset, + 1").isOne();
            assertThat(board.word(vm, PLACE + 8))
                    .as("CNTP_CVAL after a reset, + 1")
                    .isOne();
            control.remove(vm);
            board.run(1);
            Vm next = control.create(board.own("next", 1, timerUser()));
            control.boot(next);
            board.run(1);
            assertThat(board.word(next, PLACE))
                    .as("CNTP_CTL of the next VM, + 1")
                    .isOne();
            assertThat(board.word(next, PLACE + 8))
                    .as("CNTP_CVAL of the next VM, + 1")
                    .isOne();
        }
    }
}
