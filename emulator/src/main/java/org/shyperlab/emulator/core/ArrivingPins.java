package org.shyperlab.emulator.core;

import java.util.function.LongSupplier;

/**
 * Levels of a core's interrupt pins, each at its time: one that is raised by a core which is ahead in virtual time is seen here when
 * this core's clock gets there. Pins are numbered 0 to 63.
 */
public final class ArrivingPins {
    private final LongSupplier arrival;
    private final long[] arrives = new long[Long.SIZE];
    private long levels;
    private long onTheWay;
    private long next = Long.MAX_VALUE;

    /**
     * All pins low.
     *
     * @param arrival when something that is raised now reaches this core; Long.MAX_VALUE for at once
     */
    public ArrivingPins(LongSupplier arrival) {
        this.arrival = arrival;
    }

    /** Drives a pin; returns whether that changed anything: its level, or what is on the way. */
    public boolean set(int pin, boolean asserted) {
        long bit = 1L << pin;
        boolean isOrWillBe = ((levels | onTheWay) & bit) != 0;
        if (asserted == isOrWillBe) {
            return false;
        }
        if (asserted) {
            raise(pin, bit);
        } else {
            levels &= ~bit;
            onTheWay &= ~bit;
            findNext();
        }
        return true;
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
    }

    private void findNext() {
        next = Long.MAX_VALUE;
        for (long rest = onTheWay; rest != 0; rest &= rest - 1) {
            next = Math.min(next, arrives[Long.numberOfTrailingZeros(rest)]);
        }
    }

    /** Lets in what has arrived by {@code now}; returns whether there was any. */
    public boolean admit(long now) {
        if (now < next) {
            return false;
        }
        for (long rest = onTheWay; rest != 0; rest &= rest - 1) {
            int pin = Long.numberOfTrailingZeros(rest);
            if (arrives[pin] <= now) {
                levels |= 1L << pin;
                onTheWay &= ~(1L << pin);
            }
        }
        findNext();
        return true;
    }

    /** When the next one arrives; Long.MAX_VALUE for never. */
    public long next() {
        return next;
    }

    /** The levels that are seen, one bit each. */
    public long levels() {
        return levels;
    }

    /** Whether a pin is seen high. */
    public boolean isHigh(int pin) {
        return (levels >>> pin & 1) != 0;
    }
}
