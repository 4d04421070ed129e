package org.shyperlab.emulator.device;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.trace.GuestErrors;

/** Keeps the text of every guest error, for tests to look at. */
public final class RecordedErrors implements GuestErrors {
    private final List<String> texts = new ArrayList<>();

    @Override
    public void report(int core, String source, String format, Object... arguments) {
        texts.add(source + ": " + format.formatted(arguments));
    }

    /** The reports since the last {@link #clear}, each "source: text". */
    public List<String> texts() {
        return texts;
    }

    /** Forgets the reports. */
    public void clear() {
        texts.clear();
    }
}
