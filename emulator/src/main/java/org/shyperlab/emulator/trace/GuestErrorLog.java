package org.shyperlab.emulator.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.time.VirtualClock;

/** Keeps the first guest errors of a run as text and counts all of them. */
public final class GuestErrorLog implements GuestErrors {
    /** How many errors are kept; the rest is counted only. */
    public static final int KEPT = 200;

    /**
     * One guest error.
     *
     * @param nanos virtual nanoseconds since power-on
     * @param core index of the core that did it, or {@link org.shyperlab.emulator.device.Device#NO_CORE}
     * @param source the device's or core's name
     * @param text what happened and which rule it breaks
     */
    public record Entry(long nanos, int core, String source, String text) {
        @Override
        public String toString() {
            String who = core < 0 ? source : source + " (core " + core + ")";
            return String.format(
                    Locale.ROOT, "%d.%09d s  %s: %s", nanos / 1_000_000_000L, nanos % 1_000_000_000L, who, text);
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private @Nullable VirtualClock clock;
    private long count;

    /** The clock that stamps errors from now on; until it is set they carry time zero. */
    public void clock(VirtualClock machineClock) {
        clock = machineClock;
    }

    @Override
    public void report(int core, String source, String format, Object... arguments) {
        count++;
        if (entries.size() < KEPT) {
            entries.add(new Entry(clock == null ? 0 : clock.nanos(), core, source, text(format, arguments)));
        }
    }

    /** How many errors were reported. */
    public long count() {
        return count;
    }

    /** The first {@link #KEPT} errors, oldest first. */
    public List<Entry> entries() {
        return Collections.unmodifiableList(entries);
    }

    private static String text(String format, Object[] arguments) {
        try {
            return String.format(Locale.ROOT, format, arguments);
        } catch (IllegalFormatException error) {
            // A device's slip in its own message must not stop the machine: its text says enough.
            return format;
        }
    }
}
