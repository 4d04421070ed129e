package org.shyperlab.platforms.time;

import org.shyperlab.emulator.time.VirtualClock;

/** Compares virtual time with the host's clock, from the moment of making on. */
public final class HostPace {
    private final VirtualClock clock;
    private final long virtualStart;
    private final long hostStart = System.nanoTime();
    /** How much the host was ahead of virtual time when it was last too slow; it does not catch up afterwards. */
    private long lost;

    /** Both begin now. */
    public HostPace(VirtualClock clock) {
        this.clock = clock;
        virtualStart = clock.nanos();
    }

    /** How far virtual time is ahead of the host's clock, in ns; 0 when it is behind. */
    public long nanosAhead() {
        long ahead = clock.nanos() - virtualStart - (System.nanoTime() - hostStart - lost);
        if (ahead >= 0) {
            return ahead;
        }
        lost -= ahead;
        return 0;
    }
}
