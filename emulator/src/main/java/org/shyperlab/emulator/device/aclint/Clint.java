package org.shyperlab.emulator.device.aclint;

import static org.shyperlab.emulator.device.Register.WORD_OR_DOUBLEWORD;
import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.readWrite;

import org.shyperlab.emulator.core.riscv64.HartInterruptInputs;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.time.CounterScale;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The MSWI and MTIMER devices of an ACLINT in one window laid out as SiFive's CLINT (ACLINT 1.0, table 1): a software interrupt bit
 * and a timer compare register per hart, and the time.
 *
 * <p>mtime is the harts' {@code time} CSR, thus the board's one counter in virtual time. It cannot be set: writes are reported.
 */
public final class Clint implements MappedDevice {
    private static final int WINDOW = 0x1_0000;
    private static final int MTIMECMP = 0x4000;
    private static final int MTIME = 0xbff8;

    private final String name;
    private final HartInterruptInputs[] harts;
    private final VirtualClock clock;
    private final CounterScale scale;
    private final Alarms.Alarm[] alarms;
    private final boolean[] softwareInterrupts;
    private final long[] compare;
    private final RegisterMap registers;

    /**
     * A CLINT in its reset state: no interrupt pending, every timer at its latest moment.
     *
     * @param name the instance's name
     * @param harts the harts' pins, by hart index
     * @param scale converts core cycles to the time's ticks
     * @param alarms gives virtual time and the wake-ups
     * @param errors where software's mistakes are reported
     */
    public Clint(String name, HartInterruptInputs[] harts, CounterScale scale, Alarms alarms, GuestErrors errors) {
        this.name = name;
        this.harts = harts.clone();
        this.clock = alarms.clock();
        this.scale = scale;
        this.alarms = new Alarms.Alarm[harts.length];
        this.softwareInterrupts = new boolean[harts.length];
        this.compare = new long[harts.length];
        for (int hart = 0; hart < harts.length; hart++) {
            HartInterruptInputs pins = harts[hart];
            this.alarms[hart] = alarms.create(() -> pins.machineTimer(true));
            compare[hart] = -1;
        }
        this.registers = RegisterMap.of(name, WINDOW, errors)
                .add(readWrite(
                                0,
                                "msip",
                                (core, hart) -> softwareInterrupts[hart] ? 1 : 0,
                                (core, hart, value) -> setMsip(hart, value != 0))
                        .times(harts.length)
                        .field("MSIP", 0, 0))
                .add(readWrite(
                                MTIMECMP,
                                "mtimecmp",
                                (core, n) -> half(compare[n >>> 1], n),
                                (core, n, value) -> setCompare(n, value))
                        .times(2 * harts.length)
                        .sizes(WORD_OR_DOUBLEWORD)
                        .resetsTo(-1))
                .add(readOnly(MTIME, "mtime", (core, n) -> half(scale.ticks(clock.cycles()), n))
                        .times(2)
                        .sizes(WORD_OR_DOUBLEWORD)
                        .withVaryingReset())
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
        for (int hart = 0; hart < harts.length; hart++) {
            setMsip(hart, false);
            compare[hart] = -1;
            arm(hart);
        }
    }

    private static int half(long value, int n) {
        return (int) (value >>> (n & 1) * 32);
    }

    private void setMsip(int hart, boolean pending) {
        softwareInterrupts[hart] = pending;
        harts[hart].machineSoftware(pending);
    }

    private void setCompare(int n, int value) {
        int shift = (n & 1) * 32;
        int hart = n >>> 1;
        compare[hart] = compare[hart] & ~(0xffff_ffffL << shift) | (value & 0xffff_ffffL) << shift;
        arm(hart);
    }

    /** The timer interrupt is pending from the moment when mtime reaches mtimecmp, compared without sign (2.1.3). */
    private void arm(int hart) {
        boolean due = Long.compareUnsigned(scale.ticks(clock.cycles()), compare[hart]) >= 0;
        harts[hart].machineTimer(due);
        // Beyond 2^63 ticks nothing is ever reached.
        long moment = due || compare[hart] < 0 ? Long.MAX_VALUE : scale.cycleOf(compare[hart]);
        if (moment == Long.MAX_VALUE) {
            alarms[hart].cancel();
        } else {
            alarms[hart].set(moment);
        }
    }
}
