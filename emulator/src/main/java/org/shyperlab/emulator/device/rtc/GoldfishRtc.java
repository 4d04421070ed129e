package org.shyperlab.emulator.device.rtc;

import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.readWrite;
import static org.shyperlab.emulator.device.Register.writeActs;

import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The Goldfish real-time clock (Android emulator hardware, "goldfish-rtc"): a 64-bit count of virtual nanoseconds with one alarm.
 *
 * <p>The board gives the time at power-on, so two runs see the same date. A reset sets the clock back to the board's date plus the
 * virtual time since power-on.
 */
public final class GoldfishRtc implements MappedDevice {
    private static final long NANOS = 1_000_000_000L;

    private final String name;
    private final long epochNanos;
    private final InterruptLine interrupt;
    private final VirtualClock clock;
    private final Alarms.Alarm alarm;
    private final RegisterMap registers;
    private long offset;
    private int latchedHigh;
    private long alarmTime;
    private boolean alarmRunning;
    private boolean enabled;
    private boolean raised;

    /**
     * A clock in its reset state.
     *
     * @param name the instance's name
     * @param epoch seconds since 1970-01-01 UTC at power-on
     * @param alarms gives the time and the wake-up for the alarm
     * @param interrupt the alarm's interrupt
     * @param errors where software's mistakes are reported
     */
    public GoldfishRtc(String name, long epoch, Alarms alarms, InterruptLine interrupt, GuestErrors errors) {
        this.name = name;
        this.epochNanos = epoch * NANOS;
        this.interrupt = interrupt;
        this.clock = alarms.clock();
        this.alarm = alarms.create(this::ring);
        this.offset = epochNanos;
        this.registers = RegisterMap.of(name, 0x1000, errors)
                .add(readWrite(
                                0x00,
                                "TIME_LOW",
                                (core, n) -> readTimeLow(),
                                (core, n, value) -> setTime(withLow(now(), value)))
                        .withVaryingReset())
                .add(readWrite(0x04, "TIME_HIGH", (core, n) -> latchedHigh, (core, n, value) -> writeTimeHigh(value))
                        .withVaryingReset())
                .add(readWrite(
                        0x08,
                        "ALARM_LOW",
                        (core, n) -> (int) alarmTime,
                        (core, n, value) -> setAlarm(withLow(alarmTime, value))))
                .add(readWrite(
                        0x0c,
                        "ALARM_HIGH",
                        (core, n) -> (int) (alarmTime >>> 32),
                        (core, n, value) -> alarmTime = withHigh(alarmTime, value)))
                .add(readWrite(
                                0x10,
                                "IRQ_ENABLED",
                                (core, n) -> enabled ? 1 : 0,
                                (core, n, value) -> enable(value != 0))
                        .field("enabled", 0, 0))
                .add(writeActs(0x14, "CLEAR_ALARM", (core, n) -> 0, (core, n, value) -> clearAlarm()))
                .add(readOnly(0x18, "ALARM_STATUS", (core, n) -> alarmRunning ? 1 : 0))
                .add(writeActs(0x1c, "CLEAR_INTERRUPT", (core, n) -> 0, (core, n, value) -> clearInterrupt()))
                .build();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public RegisterMap registers() {
        return registers;
    }

    @Override
    public void reset() {
        offset = epochNanos;
        latchedHigh = 0;
        alarmTime = 0;
        enabled = false;
        clearAlarm();
        clearInterrupt();
    }

    private long now() {
        return offset + clock.nanos();
    }

    private static long withLow(long value, int low) {
        return value & 0xffff_ffff_0000_0000L | low & 0xffff_ffffL;
    }

    private static long withHigh(long value, int high) {
        return value & 0xffff_ffffL | (long) high << 32;
    }

    /** Reading the low half keeps the high half of the same moment for the read that follows. */
    private int readTimeLow() {
        long now = now();
        latchedHigh = (int) (now >>> 32);
        return (int) now;
    }

    private void writeTimeHigh(int value) {
        latchedHigh = value;
        setTime(withHigh(now(), value));
    }

    private void setTime(long time) {
        offset = time - clock.nanos();
        if (alarmRunning) {
            arm();
        }
    }

    /** Writing the low half starts the alarm; drivers write the high half before it. */
    private void setAlarm(long time) {
        alarmTime = time;
        alarmRunning = true;
        arm();
    }

    private void arm() {
        long wait = alarmTime - now();
        if (alarmTime <= now()) {
            ring();
            return;
        }
        long moment = clock.nanos() + wait;
        long hertz = clock.hertz();
        // Rounded up: the alarm never rings before its nanosecond.
        long seconds = moment / NANOS;
        if (moment < 0 || seconds >= Long.MAX_VALUE / hertz - 1) {
            alarm.cancel();
        } else {
            alarm.set(seconds * hertz + (moment % NANOS * hertz + NANOS - 1) / NANOS);
        }
    }

    private void ring() {
        alarmRunning = false;
        alarm.cancel();
        raised = true;
        update();
    }

    private void clearAlarm() {
        alarmRunning = false;
        alarm.cancel();
    }

    private void clearInterrupt() {
        raised = false;
        update();
    }

    private void enable(boolean value) {
        enabled = value;
        update();
    }

    private void update() {
        interrupt.set(raised && enabled);
    }
}
