package org.shyperlab.emulator.device.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.ManualAlarms;
import org.shyperlab.emulator.device.RecordedErrors;

class Pl031Test {
    private static final int DR = 0x00;
    private static final int MR = 0x04;
    private static final int LR = 0x08;
    private static final int CR = 0x0c;
    private static final int IMSC = 0x10;
    private static final int RIS = 0x14;
    private static final int MIS = 0x18;
    private static final int ICR = 0x1c;
    private static final long HERTZ = 1000;
    private static final long EPOCH = 1_700_000_000L;

    private final RecordedErrors errors = new RecordedErrors();
    private final ManualAlarms time = new ManualAlarms(HERTZ);
    private boolean interrupt;
    private final Pl031 rtc = new Pl031("rtc0", EPOCH, time, high -> interrupt = high, errors);

    private long read(int offset) {
        return rtc.read(0, offset, 4);
    }

    private void write(int offset, long value) {
        rtc.write(0, offset, 4, value);
    }

    @Test
    void theCountStartsAtTheBoardsDateAndFollowsVirtualSeconds() {
        assertThat(read(DR)).isEqualTo(EPOCH);
        time.advanceTo(2 * HERTZ - 1);
        assertThat(read(DR)).isEqualTo(EPOCH + 1);
        time.advanceTo(2 * HERTZ);
        assertThat(read(DR)).isEqualTo(EPOCH + 2);
    }

    @Test
    void loadingSetsTheCountFromWhichItGoesOn() {
        time.advanceTo(5 * HERTZ);
        write(LR, 100);
        assertThat(read(DR)).isEqualTo(100);
        assertThat(read(LR)).isEqualTo(100);
        time.advanceTo(7 * HERTZ);
        assertThat(read(DR)).isEqualTo(102);
        assertThat(read(LR)).isEqualTo(100);
    }

    @Test
    void theCountWrapsAfter32Bits() {
        write(LR, 0xffff_ffffL);
        time.advanceTo(HERTZ);
        assertThat(read(DR)).isZero();
    }

    @Test
    void theAlarmRaisesTheInterruptExactlyAtItsSecondAndStaysUntilCleared() {
        write(IMSC, 1);
        write(MR, EPOCH + 3);
        time.advanceTo(3 * HERTZ - 1);
        assertThat(interrupt).isFalse();

        time.advanceTo(3 * HERTZ);
        assertThat(interrupt).isTrue();
        assertThat(read(MIS)).isEqualTo(1);

        write(ICR, 0);
        assertThat(interrupt).isTrue();
        write(ICR, 1);
        assertThat(interrupt).isFalse();
        assertThat(read(RIS)).isZero();
    }

    @Test
    void aMaskedAlarmShowsOnlyInTheRawStatus() {
        write(MR, EPOCH + 1);
        time.advanceTo(HERTZ);
        assertThat(read(RIS)).isEqualTo(1);
        assertThat(read(MIS)).isZero();
        assertThat(interrupt).isFalse();

        write(IMSC, 1);
        assertThat(interrupt).isTrue();
    }

    @Test
    void loadingTheCountMovesTheAlarmWithIt() {
        write(MR, 110);
        write(LR, 100);
        time.advanceTo(9 * HERTZ);
        assertThat(read(RIS)).isZero();
        time.advanceTo(10 * HERTZ);
        assertThat(read(RIS)).isEqualTo(1);
    }

    @Test
    void aMatchThatTheCountHasAlreadyRingsAtOnce() {
        write(MR, EPOCH);
        assertThat(read(RIS)).isEqualTo(1);
    }

    @Test
    void aMatchInThePastRingsOnlyAfterTheCountHasWrapped() {
        write(MR, EPOCH - 1);
        time.advanceTo(0xffff_fffeL * HERTZ);
        assertThat(read(RIS)).isZero();
        time.advanceTo(0xffff_ffffL * HERTZ);
        assertThat(read(RIS)).isEqualTo(1);
    }

    @Test
    void theClockIsAlwaysRunningAndCannotBeStopped() {
        write(CR, 0);
        assertThat(read(CR)).isEqualTo(1);
        time.advanceTo(HERTZ);
        assertThat(read(DR)).isEqualTo(EPOCH + 1);
    }

    @Test
    void resetRestoresTheBoardsDateAndForgetsTheAlarm() {
        write(IMSC, 1);
        write(LR, 5);
        write(MR, 6);
        time.advanceTo(HERTZ / 2);

        rtc.reset();
        time.advanceTo(4 * HERTZ);

        assertThat(read(DR)).isEqualTo(EPOCH + 4);
        assertThat(read(RIS)).isZero();
        assertThat(interrupt).isFalse();
    }
}
