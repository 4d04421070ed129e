package org.shyperlab.emulator.core.riscv64;

import org.shyperlab.emulator.engine.Rv64Engine;
import org.shyperlab.emulator.time.CounterScale;

/**
 * The two comparators of a hart (Sstc): stimecmp against time, which SBI's set_timer writes too, and vstimecmp against time plus
 * htimedelta.
 */
final class HartTimers {
    /** A comparator that never fires. */
    static final long NEVER = -1;

    private final Rv64Engine engine;
    private final CounterScale scale;
    private long compare = NEVER;
    private long guestCompare = NEVER;
    private long guestDelta;
    private boolean pending;
    private boolean guestPending;
    private long deadline = Long.MAX_VALUE;

    HartTimers(Rv64Engine engine, CounterScale scale) {
        this.engine = engine;
        this.scale = scale;
    }

    void reset() {
        compare = NEVER;
        guestCompare = NEVER;
        guestDelta(0);
    }

    long compare() {
        return compare;
    }

    void compare(long ticks) {
        compare = ticks;
    }

    long guestCompare() {
        return guestCompare;
    }

    void guestCompare(long ticks) {
        guestCompare = ticks;
    }

    long guestDelta() {
        return guestDelta;
    }

    void guestDelta(long ticks) {
        guestDelta = ticks;
        engine.timeDelta(ticks);
    }

    /** Whether time has reached stimecmp, at the last {@link #update}. */
    boolean isPending() {
        return pending;
    }

    /** Whether the guest's time has reached vstimecmp, at the last {@link #update}. */
    boolean isGuestPending() {
        return guestPending;
    }

    /**
     * Compares with the present time and finds the next moment at which something changes.
     *
     * @return whether something has changed since the last time
     */
    boolean update() {
        long now = engine.physicalCount();
        boolean met = Long.compareUnsigned(now, compare) >= 0;
        boolean guestMet = Long.compareUnsigned(now + guestDelta, guestCompare) >= 0;
        boolean changed = met != pending || guestMet != guestPending;
        pending = met;
        guestPending = guestMet;
        deadline = Math.min(
                met ? Long.MAX_VALUE : cycleOf(compare, now),
                guestMet ? Long.MAX_VALUE : cycleOf(guestCompare - guestDelta, now));
        return changed;
    }

    /** When the time CSR reads {@code ticks}, which is not the case yet: a value in the past means after the next wrap-around. */
    private long cycleOf(long ticks, long now) {
        return ticks <= now ? Long.MAX_VALUE : scale.cycleOf(ticks);
    }

    /** The cycle at which {@link #update} must be called next; Long.MAX_VALUE for never. */
    long deadline() {
        return deadline;
    }
}
