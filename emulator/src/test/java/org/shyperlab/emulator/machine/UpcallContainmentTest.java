package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.engine.A64Engine;

/** An exception in Java code that the engine calls does not unwind through C: it comes out of {@link Machine#run}. */
class UpcallContainmentTest {
    private static final int MOV_X0_DEVICE = 0xd2a1_2000; // mov x0, #0x9000000
    private static final int HERE = 0x1400_0000; // b .

    /** A device with a bug. */
    private static final class Broken implements Device {
        @Override
        public String name() {
            return "broken";
        }

        @Override
        public long size() {
            return 4096;
        }

        @Override
        public long read(int core, long offset, int size) {
            throw new IllegalStateException("bug in read");
        }

        @Override
        public void write(int core, long offset, int size, long value) {
            throw new IllegalStateException("bug in write");
        }

        @Override
        public void reset() {}
    }

    private static void assertContained(TinyMachine tiny, String message) {
        tiny.machine.bus().attach(new Broken(), 0x900_0000L);
        tiny.machine.bootNatively(TinyMachine.RAM, 0);
        assertThatThrownBy(tiny::run).isInstanceOf(IllegalStateException.class).hasMessage(message);
        assertThat(tiny.machine.instructions()).isLessThan(100);
    }

    @ParameterizedTest
    @EnumSource(A64Engine.Hooks.class)
    void inAReadOfADevice(A64Engine.Hooks hooks) {
        try (TinyMachine tiny = new TinyMachine(1, hooks).code(0, MOV_X0_DEVICE, 0xf940_0001, HERE)) {
            assertContained(tiny, "bug in read");
        }
    }

    @ParameterizedTest
    @EnumSource(A64Engine.Hooks.class)
    void inAWriteToADevice(A64Engine.Hooks hooks) {
        try (TinyMachine tiny = new TinyMachine(1, hooks).code(0, MOV_X0_DEVICE, 0xf900_0001, HERE)) {
            assertContained(tiny, "bug in write");
        }
    }

    @ParameterizedTest
    @EnumSource(A64Engine.Hooks.class)
    void inAWriteToASystemRegister(A64Engine.Hooks hooks) {
        int[] code = {
            0xd280_0021, // mov x1, #1
            0xd51b_e321, // msr cntv_ctl_el0, x1: the line rises
            HERE
        };
        try (TinyMachine tiny = new TinyMachine(1, hooks).code(0, code)) {
            tiny.machine.wireTimers(
                    0,
                    high -> {},
                    high -> {
                        throw new IllegalStateException("bug in an interrupt controller");
                    },
                    high -> {});
            assertContained(tiny, "bug in an interrupt controller");
        }
    }

    @ParameterizedTest
    @EnumSource(A64Engine.Hooks.class)
    void inAnAlarmThatIsDueAtABlock(A64Engine.Hooks hooks) {
        try (TinyMachine tiny = new TinyMachine(1, hooks).code(0, HERE)) {
            tiny.machine
                    .alarms()
                    .create(() -> {
                        throw new IllegalStateException("bug in an alarm");
                    })
                    .set(50);
            assertContained(tiny, "bug in an alarm");
        }
    }
}
