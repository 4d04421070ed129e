package org.shyperlab.emulator.device.rtc;

import static org.shyperlab.emulator.device.Register.WORD_ONLY;
import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.readWrite;
import static org.shyperlab.emulator.device.Register.writeOnly;

import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The PrimeCell real-time clock PL031 (Arm DDI 0224): a 32-bit count of virtual seconds with one alarm.
 *
 * <p>The board gives the count at power-on, so two runs see the same date. The clock runs from power-on, as if firmware had started
 * it; it cannot be stopped (3.3.4). A reset of the machine sets it back to the board's date plus the virtual time since power-on.
 */
public final class Pl031 implements MappedDevice {
    private final String name;
    private final long epoch;
    private final InterruptLine interrupt;
    private final VirtualClock clock;
    private final Alarms.Alarm alarm;
    private final RegisterMap registers;
    private long offset;
    private int loaded;
    private int match;
    private boolean enabled;
    private boolean raised;

    /**
     * A clock in its reset state.
     *
     * @param name the instance's name
     * @param epoch seconds since 1970-01-01 UTC at power-on
     * @param alarms gives the time and the wake-up for the alarm
     * @param interrupt RTCINTR
     * @param errors where software's mistakes are reported
     */
    public Pl031(String name, long epoch, Alarms alarms, InterruptLine interrupt, GuestErrors errors) {
        this.name = name;
        this.epoch = epoch;
        this.interrupt = interrupt;
        this.clock = alarms.clock();
        this.alarm = alarms.create(this::alarmRings);
        this.offset = epoch;
        this.registers = RegisterMap.of(name, 0x1000, errors)
                .add(readOnly(0x00, "RTCDR", (core, n) -> count()).withVaryingReset())
                .add(readWrite(0x04, "RTCMR", (core, n) -> match, (core, n, value) -> writeMatch(value)))
                .add(readWrite(0x08, "RTCLR", (core, n) -> loaded, (core, n, value) -> load(value)))
                .add(readWrite(0x0c, "RTCCR", (core, n) -> 1, (core, n, value) -> {})
                        .field("RTC_start", 0, 0)
                        .resetsTo(1))
                .add(readWrite(0x10, "RTCIMSC", (core, n) -> enabled ? 1 : 0, (core, n, value) -> enable(value))
                        .field("RTCIMSC", 0, 0))
                .add(readOnly(0x14, "RTCRIS", (core, n) -> raised ? 1 : 0))
                .add(readOnly(0x18, "RTCMIS", (core, n) -> raised && enabled ? 1 : 0))
                .add(writeOnly(0x1c, "RTCICR", (core, n, value) -> clear(value)).field("RTCICR", 0, 0))
                .identification(0xfe0, "RTCPeriphID", 0x0004_1031, WORD_ONLY)
                .identification(0xff0, "RTCPCellID", 0xb105_f00d, WORD_ONLY)
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
        offset = epoch;
        loaded = 0;
        match = 0;
        enabled = false;
        raised = false;
        alarm.cancel();
        update();
    }

    private int count() {
        return (int) (offset + clock.cycles() / clock.hertz());
    }

    private void load(int value) {
        loaded = value;
        offset = (value & 0xffff_ffffL) - clock.cycles() / clock.hertz();
        arm();
    }

    private void writeMatch(int value) {
        match = value;
        arm();
    }

    /** The alarm rings when the count reaches the match value, at once if it has it already. */
    private void arm() {
        long seconds = match - count() & 0xffff_ffffL;
        long at = clock.cycles() / clock.hertz() + seconds;
        if (seconds == 0) {
            alarm.cancel();
            alarmRings();
        } else if (at > Long.MAX_VALUE / clock.hertz()) {
            alarm.cancel();
        } else {
            alarm.set(at * clock.hertz());
        }
    }

    private void alarmRings() {
        raised = true;
        update();
    }

    private void enable(int value) {
        enabled = value != 0;
        update();
    }

    private void clear(int value) {
        if (value != 0) {
            raised = false;
            update();
        }
    }

    private void update() {
        interrupt.set(raised && enabled);
    }
}
