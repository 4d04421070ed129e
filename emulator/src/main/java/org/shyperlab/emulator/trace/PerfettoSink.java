package org.shyperlab.emulator.trace;

import java.io.IOException;
import java.io.Writer;
import java.util.HashSet;
import java.util.Set;

/**
 * Chrome's trace event format (JSON object form), which the Perfetto page opens. One process holds a track per core, one process per VM
 * a track per vCPU. Every event is an instant on its tracks, at its virtual time.
 */
public final class PerfettoSink implements TraceSink {
    private static final int CORES_PROCESS = 1;
    private static final int FIRST_VM_PROCESS = 100;

    private final Writer out;
    private final TrapDescriber describer;
    private final StringBuilder text = new StringBuilder(512);
    private final Set<Long> namedTracks = new HashSet<>();
    private final Set<Integer> namedProcesses = new HashSet<>();
    private boolean first = true;

    /** Writes to {@code out}, which should be buffered. */
    public PerfettoSink(Writer out, TrapDescriber describer) throws IOException {
        this.out = out;
        this.describer = describer;
        out.write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
    }

    @Override
    public void write(TraceEvent event) throws IOException {
        text.setLength(0);
        if (event.core() >= 0) {
            name(CORES_PROCESS, event.core(), "cores", "core " + event.core());
            instant(CORES_PROCESS, event.core(), event);
        }
        if (event.vm() != Trace.NATIVE) {
            int process = FIRST_VM_PROCESS + event.vm();
            name(process, event.vcpu(), "VM " + event.vm(), "vCPU " + event.vcpu());
            instant(process, event.vcpu(), event);
        }
        out.append(text);
    }

    private void name(int process, int track, String processName, String trackName) {
        if (namedProcesses.add(process)) {
            metadata("process_name", process, 0, processName);
        }
        if (namedTracks.add((long) process << 32 | track)) {
            metadata("thread_name", process, track, trackName);
        }
    }

    private void metadata(String what, int process, int track, String name) {
        separate();
        text.append("{\"ph\":\"M\",\"name\":\"").append(what);
        text.append("\",\"pid\":").append(process);
        // Track 0 of a process would be taken for its main thread, so tracks count from 1.
        text.append(",\"tid\":").append(track + 1);
        text.append(",\"args\":{\"name\":");
        JsonText.quote(text, name);
        text.append("}}");
    }

    private void instant(int process, int track, TraceEvent event) {
        separate();
        text.append("{\"ph\":\"i\",\"s\":\"t\",\"name\":\"");
        text.append(
                event.kind() == null
                        ? event.type().label() + " " + event.detail()
                        : event.kind().label());
        text.append("\",\"cat\":\"").append(event.type().label());
        text.append("\",\"pid\":").append(process);
        text.append(",\"tid\":").append(track + 1);
        text.append(",\"ts\":").append(event.nanos() / 1000).append('.');
        long fraction = event.nanos() % 1000;
        text.append(fraction / 100).append(fraction / 10 % 10).append(fraction % 10);
        text.append(",\"args\":{\"seq\":").append(event.sequence());
        text.append(",\"cycles\":").append(event.cycles());
        if (event.kind() != null) {
            text.append(",\"vm\":\"").append(event.vmLabel());
            text.append("\",\"vcpu\":").append(event.vcpu());
            text.append(",\"pc\":\"0x").append(Long.toHexString(event.pc()));
            text.append("\",\"text\":");
            JsonText.quote(text, describer.describe(event));
        }
        text.append("}}");
    }

    private void separate() {
        text.append(first ? "\n" : ",\n");
        first = false;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        try (out) {
            out.write("\n]}\n");
        }
    }
}
