package org.shyperlab.benchmarks.disk;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.shyperlab.emulator.core.TrapKind;

/** Passes as a Markdown table; everything but the host's seconds is the same on every machine. */
final class DiskTable {
    private static final double MEBIBYTE = 1 << 20;

    private DiskTable() {}

    /** The table of passes that moved {@code bytes} each. */
    static String of(List<DiskPhase> phases, long bytes) {
        StringBuilder text = new StringBuilder("""
                | disk | pass | record | requests per MiB | guest's traps per MiB | injected | MVM's traps per MiB | injected | virtual MB/s | host s |
                |---|---|---:|---:|---|---:|---|---:|---:|---:|
                """);
        for (DiskPhase phase : phases) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s | %s | %s | %s | %,.1f | %.2f |%n",
                    phase.disk(),
                    phase.operation(),
                    size(phase.recordBytes()),
                    perMebibyte(phase.requests(), bytes),
                    traps(phase.guest(), bytes),
                    perMebibyte(phase.guest().injected(), bytes),
                    traps(phase.management(), bytes),
                    perMebibyte(phase.management().injected(), bytes),
                    bytes / phase.virtualSeconds() / 1e6,
                    phase.hostSeconds()));
        }
        return text.toString();
    }

    private static String size(int bytes) {
        return bytes >= MEBIBYTE ? bytes / (1 << 20) + " MiB" : bytes / (1 << 10) + " KiB";
    }

    private static String perMebibyte(long count, long bytes) {
        double value = count * MEBIBYTE / bytes;
        return String.format(Locale.ROOT, value < 10 ? "%,.1f" : "%,.0f", value);
    }

    /** The sum, and in brackets what it is made of. */
    private static String traps(DiskPhase.Side side, long bytes) {
        Map<TrapKind, Long> kinds = new TreeMap<>(side.traps());
        String parts = kinds.entrySet().stream()
                .map(entry -> entry.getKey().label() + " " + perMebibyte(entry.getValue(), bytes))
                .collect(Collectors.joining(", "));
        return perMebibyte(side.all(), bytes) + (parts.isEmpty() ? "" : " (" + parts + ")");
    }
}
