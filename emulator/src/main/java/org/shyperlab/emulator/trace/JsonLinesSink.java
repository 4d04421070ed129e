package org.shyperlab.emulator.trace;

import java.io.IOException;
import java.io.Writer;

/**
 * One JSON object per line and event. Keys: {@code seq}, {@code event}, {@code ns}, {@code cycles}, {@code core}, {@code vm} (a number
 * or {@code "native"}), {@code vcpu}; for traps {@code kind}, {@code pc}, {@code syndrome}, {@code detail} (hex strings) and
 * {@code text}; for interrupts {@code intid}. Unknown cores and vCPUs are left out.
 */
public final class JsonLinesSink implements TraceSink {
    private final Writer out;
    private final TrapDescriber describer;
    private final StringBuilder line = new StringBuilder(256);

    /** Writes to {@code out}, which should be buffered. */
    public JsonLinesSink(Writer out, TrapDescriber describer) {
        this.out = out;
        this.describer = describer;
    }

    @Override
    public void write(TraceEvent event) throws IOException {
        line.setLength(0);
        line.append("{\"seq\":").append(event.sequence());
        line.append(",\"event\":\"").append(event.type().label());
        line.append("\",\"ns\":").append(event.nanos());
        line.append(",\"cycles\":").append(event.cycles());
        if (event.core() >= 0) {
            line.append(",\"core\":").append(event.core());
        }
        if (event.vcpu() >= 0) {
            line.append(",\"vm\":").append(event.vm() == Trace.NATIVE ? "\"native\"" : event.vmLabel());
            line.append(",\"vcpu\":").append(event.vcpu());
        }
        if (event.kind() == null) {
            line.append(",\"intid\":").append(event.detail());
        } else {
            line.append(",\"kind\":\"").append(event.kind().label());
            line.append("\",\"pc\":\"0x").append(Long.toHexString(event.pc()));
            line.append("\",\"syndrome\":\"0x").append(Integer.toHexString(event.syndrome()));
            line.append("\",\"detail\":\"0x").append(Long.toHexString(event.detail()));
            line.append("\",\"text\":");
            JsonText.quote(line, describer.describe(event));
        }
        line.append("}\n");
        out.append(line);
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
