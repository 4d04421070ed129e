package org.shyperlab.emulator.device;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.time.VirtualClock;

/** A clock that a test moves by hand, with alarms that ring when it passes them. */
public final class ManualAlarms implements Alarms {
    private final class ManualAlarm implements Alarm {
        private final Runnable action;
        private long cycle = Long.MAX_VALUE;

        private ManualAlarm(Runnable action) {
            this.action = action;
        }

        @Override
        public void set(long atCycle) {
            cycle = atCycle;
        }

        @Override
        public void cancel() {
            cycle = Long.MAX_VALUE;
        }
    }

    private final List<ManualAlarm> alarms = new ArrayList<>();
    private final long hertz;
    private long now;

    /** A clock at zero. */
    public ManualAlarms(long hertz) {
        this.hertz = hertz;
    }

    @Override
    public Alarm create(Runnable action) {
        ManualAlarm alarm = new ManualAlarm(action);
        alarms.add(alarm);
        return alarm;
    }

    @Override
    public VirtualClock clock() {
        return new VirtualClock() {
            @Override
            public long cycles() {
                return now;
            }

            @Override
            public long hertz() {
                return hertz;
            }
        };
    }

    /** Moves the clock to {@code cycle} and rings the alarms that are due. */
    public void advanceTo(long cycle) {
        now = cycle;
        for (ManualAlarm alarm : alarms) {
            if (alarm.cycle <= now) {
                alarm.cancel();
                alarm.action.run();
            }
        }
    }
}
