package org.shyperlab.emulator.core.riscv64;

import java.util.function.LongSupplier;
import org.shyperlab.emulator.core.ArrivingPins;

/**
 * The interrupt pins of a hart.
 *
 * <p>Machine-level pins are remembered and lead nowhere: firmware is Java and needs no interrupts.
 */
final class HartPins implements HartInterruptInputs {
    static final int SUPERVISOR_SOFTWARE = 1;
    static final int MACHINE_SOFTWARE = 3;
    static final int MACHINE_TIMER = 7;
    static final int SUPERVISOR_EXTERNAL = 9;
    static final int MACHINE_EXTERNAL = 11;
    /** Guest file n is pin GUEST_EXTERNAL + n. */
    static final int GUEST_EXTERNAL = 16;
    /** The most guest interrupt files that a hart can have here. */
    static final int MAXIMUM_GUEST_FILES = 47;

    private final ArrivingPins pins;
    private final Runnable changed;

    /**
     * All pins low.
     *
     * @param arrival when something that is raised now reaches this hart; Long.MAX_VALUE for at once
     * @param changed told of every change
     */
    HartPins(LongSupplier arrival, Runnable changed) {
        pins = new ArrivingPins(arrival);
        this.changed = changed;
    }

    private void set(int pin, boolean asserted) {
        if (pins.set(pin, asserted)) {
            changed.run();
        }
    }

    /** Lets in what has arrived by {@code now}. */
    void admit(long now) {
        if (pins.admit(now)) {
            changed.run();
        }
    }

    /** When the next one arrives; Long.MAX_VALUE for never. */
    long next() {
        return pins.next();
    }

    boolean isHigh(int pin) {
        return pins.isHigh(pin);
    }

    /** Takes back a software interrupt, as its receiver does. */
    void clearSoftware() {
        pins.set(SUPERVISOR_SOFTWARE, false);
    }

    /** hgeip: bit n for guest file n. */
    long guestExternals() {
        return pins.levels() >>> GUEST_EXTERNAL & -2;
    }

    @Override
    public void machineExternal(boolean asserted) {
        set(MACHINE_EXTERNAL, asserted);
    }

    @Override
    public void supervisorExternal(boolean asserted) {
        set(SUPERVISOR_EXTERNAL, asserted);
    }

    @Override
    public void guestExternal(int guestFile, boolean asserted) {
        if (guestFile < 1 || guestFile > MAXIMUM_GUEST_FILES) {
            throw new IllegalArgumentException(
                    "guest interrupt file " + guestFile + ": there are 1 to " + MAXIMUM_GUEST_FILES);
        }
        set(GUEST_EXTERNAL + guestFile, asserted);
    }

    @Override
    public void machineSoftware(boolean asserted) {
        set(MACHINE_SOFTWARE, asserted);
    }

    @Override
    public void machineTimer(boolean asserted) {
        set(MACHINE_TIMER, asserted);
    }

    @Override
    public void raiseSupervisorSoftware() {
        set(SUPERVISOR_SOFTWARE, true);
    }
}
