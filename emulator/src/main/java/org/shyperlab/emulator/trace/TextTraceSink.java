package org.shyperlab.emulator.trace;

import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/** One aligned line of text per event, for people. */
public final class TextTraceSink implements TraceSink {
    private final Writer out;
    private final TrapDescriber describer;
    private final String lineEnd;

    /**
     * Writes to {@code out}.
     *
     * @param lineEnd {@code "\n"}, or {@code "\r\n"} for a terminal in raw mode
     */
    public TextTraceSink(Writer out, TrapDescriber describer, String lineEnd) {
        this.out = out;
        this.describer = describer;
        this.lineEnd = lineEnd;
    }

    @Override
    public void write(TraceEvent event) throws IOException {
        String what = switch (event.type()) {
            case TRAP -> "%-17s pc 0x%016x  %s".formatted(label(event), event.pc(), describer.describe(event));
            case INJECTED -> "%-17s %s".formatted("injected", describer.describe(event));
            case PHYSICAL_INTERRUPT -> "%-17s %s".formatted("interrupt", describer.describe(event));
        };
        out.write(String.format(Locale.ROOT, "%14.9f s  %-14s %s%s", event.nanos() / 1e9, who(event), what, lineEnd));
    }

    private static String who(TraceEvent event) {
        if (event.vm() == Trace.NATIVE) {
            return "core " + event.core();
        }
        return "vm " + event.vm() + " vcpu " + event.vcpu();
    }

    private static String label(TraceEvent event) {
        return event.kind() == null ? "" : event.kind().label();
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
