package org.shyperlab.emulator.time;

/**
 * Virtual time: instructions executed, plus charged costs, plus skipped idle time. Counted in cycles of the board's core clock.
 * The host's clock never enters.
 */
public interface VirtualClock {
    /** Now, in cycles since power-on: the time of the core that is running, or of the machine between slices. */
    long cycles();

    /** Cycles per virtual second. */
    long hertz();

    /** Now in virtual nanoseconds since power-on. */
    default long nanos() {
        long now = cycles();
        long hertz = hertz();
        return now / hertz * 1_000_000_000L + now % hertz * 1_000_000_000L / hertz;
    }
}
