package org.shyperlab.emulator.device.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.ManualAlarms;
import org.shyperlab.emulator.device.RecordedErrors;

class GoldfishRtcTest {
    private static final int TIME_LOW = 0x00;
    private static final int TIME_HIGH = 0x04;
    private static final int ALARM_LOW = 0x08;
    private static final int ALARM_HIGH = 0x0c;
    private static final int IRQ_ENABLED = 0x10;
    private static final int CLEAR_ALARM = 0x14;
    private static final int ALARM_STATUS = 0x18;
    private static final int CLEAR_INTERRUPT = 0x1c;
    private static final long HERTZ = 300_000_000;
    private static final long NANOS = 1_000_000_000;
    private static final long EPOCH = 1_767_225_600;

    private final RecordedErrors errors = new RecordedErrors();
    private final ManualAlarms time = new ManualAlarms(HERTZ);
    private boolean interrupt;
    private final GoldfishRtc rtc = new GoldfishRtc("rtc", EPOCH, time, high -> interrupt = high, errors);

    private long read(int offset) {
        return rtc.read(0, offset, 4);
    }

    private void write(int offset, long value) {
        rtc.write(0, offset, 4, value);
    }

    /** Low half first, as drivers do. */
    private long now() {
        long low = read(TIME_LOW);
        return read(TIME_HIGH) << 32 | low;
    }

    private void setAlarm(long nanos) {
        write(ALARM_HIGH, nanos >>> 32);
        write(ALARM_LOW, nanos);
    }

    @Test
    void theTimeIsTheBoardsDatePlusVirtualNanoseconds() {
        assertThat(now()).isEqualTo(EPOCH * NANOS);
        time.advanceTo(HERTZ / 2 * 3);
        assertThat(now()).isEqualTo(EPOCH * NANOS + NANOS / 2 * 3);
    }

    @Test
    void theHighHalfIsOfTheMomentWhenTheLowHalfWasRead() {
        long wrap = (EPOCH * NANOS >>> 32) + 1 << 32;
        time.advanceTo((wrap - EPOCH * NANOS) / 1000 * HERTZ / 1_000_000);
        long low = read(TIME_LOW);
        long before = EPOCH * NANOS >>> 32;
        assertThat(low).isGreaterThan(0xff00_0000L);
        time.advanceTo(time.clock().cycles() + HERTZ);
        assertThat(read(TIME_HIGH)).isEqualTo(before);
        read(TIME_LOW);
        assertThat(read(TIME_HIGH)).isEqualTo(before + 1);
    }

    @Test
    void theTimeCanBeSetAndGoesOnFromThere() {
        time.advanceTo(5 * HERTZ);
        write(TIME_HIGH, 3);
        write(TIME_LOW, 17);
        assertThat(now()).isEqualTo(3L << 32 | 17);
        time.advanceTo(6 * HERTZ);
        assertThat(now()).isEqualTo((3L << 32 | 17) + NANOS);
    }

    @Test
    void theAlarmRaisesTheInterruptAtItsTimeUntilCleared() {
        write(IRQ_ENABLED, 1);
        setAlarm(EPOCH * NANOS + 2 * NANOS);
        assertThat(read(ALARM_STATUS)).isEqualTo(1);
        time.advanceTo(2 * HERTZ - 1);
        assertThat(interrupt).isFalse();
        time.advanceTo(2 * HERTZ);
        assertThat(interrupt).isTrue();
        assertThat(read(ALARM_STATUS)).isZero();
        write(CLEAR_INTERRUPT, 1);
        assertThat(interrupt).isFalse();
    }

    @Test
    void anAlarmBetweenTwoCyclesRingsAtTheLaterOne() {
        write(IRQ_ENABLED, 1);
        // 3.33 ns are one cycle: 4 ns are reached by the second.
        setAlarm(EPOCH * NANOS + 4);
        time.advanceTo(1);
        assertThat(interrupt).isFalse();
        time.advanceTo(2);
        assertThat(interrupt).isTrue();
    }

    @Test
    void anAlarmInThePastRingsAtOnceAndADisabledOneIsKept() {
        setAlarm(5);
        assertThat(interrupt).isFalse();
        write(IRQ_ENABLED, 1);
        assertThat(interrupt).isTrue();
    }

    @Test
    void aClearedAlarmNeverRings() {
        write(IRQ_ENABLED, 1);
        setAlarm(EPOCH * NANOS + NANOS);
        write(CLEAR_ALARM, 0);
        assertThat(read(ALARM_STATUS)).isZero();
        time.advanceTo(3 * HERTZ);
        assertThat(interrupt).isFalse();
    }

    @Test
    void settingTheTimePastTheAlarmRingsIt() {
        write(IRQ_ENABLED, 1);
        setAlarm(EPOCH * NANOS + 1000 * NANOS);
        write(TIME_HIGH, EPOCH * NANOS + 2000 * NANOS >>> 32);
        assertThat(interrupt).isTrue();
    }

    @Test
    void anAlarmBeyondAllTimeIsHarmless() {
        write(IRQ_ENABLED, 1);
        setAlarm(Long.MAX_VALUE);
        time.advanceTo(100 * HERTZ);
        assertThat(interrupt).isFalse();
        assertThat(read(ALARM_STATUS)).isEqualTo(1);
    }

    @Test
    void resetRestoresTheBoardsDateAndForgetsTheAlarm() {
        write(IRQ_ENABLED, 1);
        setAlarm(EPOCH * NANOS + NANOS);
        write(TIME_HIGH, 0);
        rtc.reset();
        time.advanceTo(4 * HERTZ);
        assertThat(now()).isEqualTo((EPOCH + 4) * NANOS);
        assertThat(interrupt).isFalse();
    }
}
