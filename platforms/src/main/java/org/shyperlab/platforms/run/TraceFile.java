package org.shyperlab.platforms.run;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.shyperlab.emulator.trace.JsonLinesSink;
import org.shyperlab.emulator.trace.PerfettoSink;
import org.shyperlab.emulator.trace.TraceSink;
import org.shyperlab.emulator.trace.TrapDescriber;
import org.shyperlab.platforms.input.InputException;

/** Opens trace files: the name tells the format. */
public final class TraceFile {
    /** The end of names of files in Chrome's trace event format; all others hold JSON lines. */
    public static final String PERFETTO_SUFFIX = ".perfetto.json";

    private TraceFile() {}

    /** Creates the file; {@code describer} puts its events into words. */
    public static TraceSink open(Path file, TrapDescriber describer) {
        try {
            BufferedWriter out = Files.newBufferedWriter(file);
            return file.toString().endsWith(PERFETTO_SUFFIX)
                    ? new PerfettoSink(out, describer)
                    : new JsonLinesSink(out, describer);
        } catch (IOException error) {
            throw new InputException("The trace file %s cannot be written: %s"
                    .formatted(file, InputException.reasonForWriting(file, error)));
        }
    }
}
