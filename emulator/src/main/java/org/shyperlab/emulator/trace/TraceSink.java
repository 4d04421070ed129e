package org.shyperlab.emulator.trace;

import java.io.Closeable;
import java.io.IOException;

/** Where recorded events are written, a batch at a time. */
public interface TraceSink extends Closeable {
    /** Writes one event. */
    void write(TraceEvent event) throws IOException;

    /** Passes on what is buffered, so that a reader sees it. */
    void flush() throws IOException;
}
