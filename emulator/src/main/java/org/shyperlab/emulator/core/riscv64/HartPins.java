package org.shyperlab.emulator.core.riscv64;

import java.util.function.LongSupplier;

/**
 * The interrupt pins of a hart. A pin that a hart which is ahead in time raises is seen when this hart's clock gets there.
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

    private final LongSupplier arrival;
    private final Runnable changed;
    private final long[] arrives = new long[64];
    private long levels;
    private long onTheWay;
    private long next = Long.MAX_VALUE;

    /**
     * All pins low.
     *
     * @param arrival when something that is raised now reaches this hart; Long.MAX_VALUE for at once
     * @param changed told of every change
     */
    HartPins(LongSupplier arrival, Runnable changed) {
        this.arrival = arrival;
        this.changed = changed;
    }

    private void set(int pin, boolean asserted) {
        long bit = 1L << pin;
        if (asserted) {
            if (((levels | onTheWay) & bit) == 0) {
                raise(pin, bit);
            }
            return;
        }
        if (((levels | onTheWay) & bit) != 0) {
            levels &= ~bit;
            onTheWay &= ~bit;
            findNext();
            changed.run();
        }
    }

    private void raise(int pin, long bit) {
        long at = arrival.getAsLong();
        if (at == Long.MAX_VALUE) {
            levels |= bit;
        } else {
            onTheWay |= bit;
            arrives[pin] = at;
            findNext();
        }
        changed.run();
    }

    private void findNext() {
        next = Long.MAX_VALUE;
        for (long rest = onTheWay; rest != 0; rest &= rest - 1) {
            next = Math.min(next, arrives[Long.numberOfTrailingZeros(rest)]);
        }
    }

    /** Lets in what has arrived by {@code now}. */
    void admit(long now) {
        if (now < next) {
            return;
        }
        for (long rest = onTheWay; rest != 0; rest &= rest - 1) {
            int pin = Long.numberOfTrailingZeros(rest);
            if (arrives[pin] <= now) {
                levels |= 1L << pin;
                onTheWay &= ~(1L << pin);
            }
        }
        findNext();
        changed.run();
    }

    /** When the next one arrives; Long.MAX_VALUE for never. */
    long next() {
        return next;
    }

    boolean isHigh(int pin) {
        return (levels >>> pin & 1) != 0;
    }

    /** Takes back a software interrupt, as its receiver does. */
    void clearSoftware() {
        levels &= ~(1L << SUPERVISOR_SOFTWARE);
    }

    /** hgeip: bit n for guest file n. */
    long guestExternals() {
        return levels >>> GUEST_EXTERNAL & -2;
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
