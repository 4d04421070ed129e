package org.shyperlab.emulator.trace;

import org.shyperlab.emulator.time.VirtualClock;

/** A clock that tests set by hand, at 1 GHz. */
final class TestClock implements VirtualClock {
    long now;

    @Override
    public long cycles() {
        return now;
    }

    @Override
    public long hertz() {
        return 1_000_000_000L;
    }
}
