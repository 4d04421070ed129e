package org.shyperlab.platforms.run;

import java.util.concurrent.locks.LockSupport;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.platforms.time.HostPace;

/** Holds virtual time back to the host's clock: an alarm every virtual millisecond waits until the host is there too. */
final class Pacer {
    private static final long STEPS_PER_SECOND = 1000;

    private final VirtualClock clock;
    private final HostPace pace;
    private final Alarms.Alarm alarm;
    private final long step;

    private Pacer(Alarms alarms) {
        clock = alarms.clock();
        pace = new HostPace(clock);
        step = clock.hertz() / STEPS_PER_SECOND;
        alarm = alarms.create(this::hold);
    }

    /** Paces a machine that has not run yet, until its end. */
    static void start(Alarms alarms) {
        Pacer pacer = new Pacer(alarms);
        pacer.alarm.set(pacer.clock.cycles() + pacer.step);
    }

    private void hold() {
        long ahead = pace.nanosAhead();
        if (ahead > 0) {
            LockSupport.parkNanos(ahead);
        }
        alarm.set(clock.cycles() + step);
    }
}
