package org.shyperlab.hypervisor.net;

/**
 * How long one receiver may still hold senders up. While somebody waits for it, virtual time uses its credit up; every frame that it
 * takes earns some back. So in any stretch of time it holds others up for at most {@link #FULL_SECONDS_PART} plus the share that the
 * frames it took have earned: a VM that is off its core for some slices of the scheduler loses nothing, a dead one stops nobody for long.
 */
final class Patience {
    /** Full credit is a tenth of a second. */
    static final int FULL_SECONDS_PART = 10;
    /** Each frame earns a ten-thousandth of a second. */
    static final int FRAME_SECONDS_PART = 10_000;

    private static final long NOT_HELD = -1;

    private final long full;
    private final long perFrame;
    private long credit;
    private long heldSince = NOT_HELD;

    /** Full credit, nobody waits; {@code hertz} is the clock's. */
    Patience(long hertz) {
        full = hertz / FULL_SECONDS_PART;
        perFrame = hertz / FRAME_SECONDS_PART;
        credit = full;
    }

    /** Whether the credit is used up: whoever would have to wait is not to wait. */
    boolean isExhausted() {
        return credit <= 0;
    }

    /** Whether somebody waits. */
    boolean isHeld() {
        return heldSince != NOT_HELD;
    }

    /** A sender waits from now on. */
    void hold(long now) {
        if (!isHeld()) {
            heldSince = now;
        }
    }

    /** Nobody waits any more. */
    void release(long now) {
        spend(now);
        heldSince = NOT_HELD;
    }

    /** Charges what passed. Clocks of cores differ by a quantum, so now may be a little before then. */
    void spend(long now) {
        if (isHeld() && now > heldSince) {
            credit = Math.max(0, credit - (now - heldSince));
            heldSince = now;
        }
    }

    /** The receiver took a frame. */
    void earn() {
        credit = Math.min(full, credit + perFrame);
    }

    /** When the credit will be used up if the receiver takes nothing; only while somebody waits. */
    long end() {
        return heldSince + credit;
    }
}
