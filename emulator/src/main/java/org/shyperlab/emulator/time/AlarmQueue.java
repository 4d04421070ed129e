package org.shyperlab.emulator.time;

import java.util.ArrayList;
import java.util.List;

/** The machine's alarms. A board has few of them, so the next one is found by looking at all. */
public final class AlarmQueue implements Alarms {
    /** No alarm fires now. */
    public static final long NONE = -1;

    private static final class Entry implements Alarm {
        private final Runnable action;
        private final AlarmQueue queue;
        private long cycle = Long.MAX_VALUE;

        Entry(AlarmQueue queue, Runnable action) {
            this.queue = queue;
            this.action = action;
        }

        @Override
        public void set(long newCycle) {
            cycle = newCycle;
            queue.changed();
        }

        @Override
        public void cancel() {
            set(Long.MAX_VALUE);
        }
    }

    private final VirtualClock clock;
    private final Runnable onChange;
    private final List<Entry> entries = new ArrayList<>();
    private long next = Long.MAX_VALUE;
    private long firing = NONE;

    /**
     * An empty queue.
     *
     * @param onChange called when {@link #next} may have become earlier
     */
    public AlarmQueue(VirtualClock clock, Runnable onChange) {
        this.clock = clock;
        this.onChange = onChange;
    }

    @Override
    public Alarm create(Runnable action) {
        Entry entry = new Entry(this, action);
        entries.add(entry);
        return entry;
    }

    @Override
    public VirtualClock clock() {
        return clock;
    }

    private void changed() {
        long before = next;
        recompute();
        if (next < before) {
            onChange.run();
        }
    }

    private void recompute() {
        long earliest = Long.MAX_VALUE;
        for (int i = 0; i < entries.size(); i++) {
            earliest = Math.min(earliest, entries.get(i).cycle);
        }
        next = earliest;
    }

    /** The cycle of the earliest alarm; Long.MAX_VALUE when none is set. */
    public long next() {
        return next;
    }

    /**
     * The cycle at which the alarm was due whose action runs now, or {@link #NONE}. The core that fires it is a few instructions further,
     * and which core that is must make no difference to anybody.
     */
    public long firing() {
        return firing;
    }

    /** Fires every alarm that is due at {@code now}, in the order of creation. */
    public void fire(long now) {
        while (next <= now) {
            for (int i = 0; i < entries.size(); i++) {
                Entry entry = entries.get(i);
                if (entry.cycle <= now) {
                    firing = entry.cycle;
                    entry.cycle = Long.MAX_VALUE;
                    entry.action.run();
                    firing = NONE;
                }
            }
            recompute();
        }
    }
}
