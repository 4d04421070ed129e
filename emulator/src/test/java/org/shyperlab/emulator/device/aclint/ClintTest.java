package org.shyperlab.emulator.device.aclint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.ManualAlarms;
import org.shyperlab.emulator.device.RecordedErrors;
import org.shyperlab.emulator.device.RecordedPins;
import org.shyperlab.emulator.time.CounterScale;

class ClintTest {
    private static final int MTIMECMP = 0x4000;
    private static final int MTIME = 0xbff8;
    private static final long CYCLES_PER_TICK = 100;

    private final RecordedErrors errors = new RecordedErrors();
    private final ManualAlarms time = new ManualAlarms(1_000_000_000);
    private final RecordedPins[] pins = RecordedPins.of(2);
    private final Clint clint = new Clint("clint", pins, CounterScale.of(1_000_000_000, 10_000_000), time, errors);

    @Test
    void softwareInterruptsFollowBitZeroOfMsip() {
        clint.write(0, 4, 4, 0xffff_ffffL);
        assertThat(clint.read(0, 4, 4)).isEqualTo(1);
        assertThat(pins[0].machineSoftware).isFalse();
        assertThat(pins[1].machineSoftware).isTrue();
        clint.write(0, 4, 4, 0xffff_fffeL);
        assertThat(pins[1].machineSoftware).isFalse();
    }

    @Test
    void mtimeCountsTenMillionPerVirtualSecond() {
        time.advanceTo(1_000_000_000);
        assertThat(clint.read(0, MTIME, 8)).isEqualTo(10_000_000);
        assertThat(clint.read(0, MTIME, 4)).isEqualTo(10_000_000);
        time.advanceTo(1_000_000_000L << 32);
        assertThat(clint.read(0, MTIME, 8)).isEqualTo(10_000_000L << 32);
        assertThat(clint.read(0, MTIME + 4, 4)).isEqualTo(10_000_000);
    }

    @Test
    void theTimerInterruptComesExactlyWhenMtimeReachesMtimecmpAndStays() {
        clint.write(0, MTIMECMP + 8, 8, 500);
        time.advanceTo(500 * CYCLES_PER_TICK - 1);
        assertThat(pins[1].machineTimer).isFalse();
        time.advanceTo(500 * CYCLES_PER_TICK);
        assertThat(pins[1].machineTimer).isTrue();
        assertThat(pins[0].machineTimer).isFalse();
        time.advanceTo(900 * CYCLES_PER_TICK);
        assertThat(pins[1].machineTimer).isTrue();
        clint.write(0, MTIMECMP + 8, 8, 1000);
        assertThat(pins[1].machineTimer).isFalse();
        time.advanceTo(1000 * CYCLES_PER_TICK);
        assertThat(pins[1].machineTimer).isTrue();
    }

    @Test
    void aCompareValueInThePastInterruptsAtOnceAndALaterOneReplacesTheAlarm() {
        time.advanceTo(700 * CYCLES_PER_TICK);
        clint.write(0, MTIMECMP, 8, 700);
        assertThat(pins[0].machineTimer).isTrue();
        clint.write(0, MTIMECMP, 8, 800);
        clint.write(0, MTIMECMP, 8, 900);
        time.advanceTo(899 * CYCLES_PER_TICK);
        assertThat(pins[0].machineTimer).isFalse();
        time.advanceTo(900 * CYCLES_PER_TICK);
        assertThat(pins[0].machineTimer).isTrue();
    }

    @Test
    void valuesAreComparedWithoutSign() {
        for (long never : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            clint.write(0, MTIMECMP, 8, never);
            time.advanceTo(1L << 60);
            assertThat(pins[0].machineTimer).as("0x%x", never).isFalse();
            assertThat(clint.read(0, MTIMECMP, 8)).isEqualTo(never);
        }
    }

    @Test
    void aCompareValueMayBeWrittenInHalvesAsOn32BitHarts() {
        clint.write(0, MTIMECMP + 4, 4, 0xffff_ffffL);
        clint.write(0, MTIMECMP, 4, 300);
        clint.write(0, MTIMECMP + 4, 4, 0);
        assertThat(clint.read(0, MTIMECMP, 8)).isEqualTo(300);
        time.advanceTo(300 * CYCLES_PER_TICK);
        assertThat(pins[0].machineTimer).isTrue();
    }

    @Test
    void mtimeCannotBeSet() {
        clint.write(0, MTIME, 8, 77);
        assertThat(clint.read(0, MTIME, 8)).isZero();
        assertThat(errors.texts()).containsExactly("clint: write of 0x4d to mtime0, which is read-only");
    }

    @Test
    void resetWithdrawsInterruptsAndAlarms() {
        clint.write(0, 0, 4, 1);
        clint.write(0, MTIMECMP, 8, 0);
        clint.write(0, MTIMECMP + 8, 8, 100);
        assertThat(pins[0].machineTimer).isTrue();
        clint.reset();
        time.advanceTo(200 * CYCLES_PER_TICK);
        assertThat(pins).allSatisfy(pin -> {
            assertThat(pin.machineTimer).isFalse();
            assertThat(pin.machineSoftware).isFalse();
        });
        assertThat(clint.read(0, MTIMECMP, 8)).isEqualTo(-1);
    }

    @Test
    void thePinIsAtEveryMomentWhatTheComparisonSays() {
        Random random = new Random(7);
        long now = 0;
        long compare = -1;
        int high = 0;
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(3) == 0) {
                compare = now / CYCLES_PER_TICK + random.nextInt(40) - 10;
                clint.write(0, MTIMECMP, 8, compare);
            } else {
                now += random.nextInt(1000);
                time.advanceTo(now);
            }
            boolean expected = Long.compareUnsigned(now / CYCLES_PER_TICK, compare) >= 0;
            assertThat(pins[0].machineTimer).as("step %d", step).isEqualTo(expected);
            high += expected ? 1 : 0;
        }
        assertThat(high).isBetween(1000, 19_000);
    }

    @Test
    void setssipIsAnEdgeAndReadsAsZero() {
        Sswi sswi = new Sswi("sswi", pins, errors);
        sswi.write(0, 4, 4, 1);
        sswi.write(0, 4, 4, 2);
        sswi.write(0, 0, 4, 0);
        assertThat(pins[1].supervisorSoftwareEdges).isEqualTo(1);
        assertThat(pins[0].supervisorSoftwareEdges).isZero();
        assertThat(sswi.read(0, 4, 4)).isZero();
        assertThat(errors.texts()).isEmpty();
    }
}
