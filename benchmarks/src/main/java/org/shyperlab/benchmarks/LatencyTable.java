package org.shyperlab.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The interrupt path as Markdown. */
final class LatencyTable {
    private static final long GOAL_NANOS = 2_000;

    private LatencyTable() {}

    /** From the line to the vector and to the end, one row per mode. */
    static String overview(List<LatencyResult> results) {
        StringBuilder text = new StringBuilder("""
                | interrupt path | line → vector, ns: p50 | p90 | p99 | p99.9 | goal, p50 | line → EOI, p50 | traps | cycles to vector | to EOI |
                |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                """);
        for (LatencyResult result : results) {
            long median = result.toVector().getValueAtPercentile(50);
            text.append("| %s | %s | %s | %,d | %.2f | %d | %d |%n"
                    .formatted(
                            result.mode().title(),
                            percentiles(result.toVector()),
                            "≤ 2,000, " + (median <= GOAL_NANOS ? "met" : "**missed**"),
                            result.total().getValueAtPercentile(50),
                            result.traps(),
                            result.cycles().getOrDefault(LatencyStage.VECTOR, 0L),
                            result.cycles().getOrDefault(LatencyStage.ENDED, 0L)));
        }
        return text.toString();
    }

    /** Every stage of every mode. */
    static String stages(List<LatencyResult> results) {
        StringBuilder text = new StringBuilder("""
                | mode | from the moment before until | ns: p50 | p90 | p99 | p99.9 | cycles since the line |
                |---|---|---:|---:|---:|---:|---:|
                """);
        for (LatencyResult result : results) {
            for (Map.Entry<LatencyStage, Histogram> stage : result.nanos().entrySet()) {
                text.append("| %s | %s | %s | %d |%n"
                        .formatted(
                                result.mode().title(),
                                stage.getKey().title(),
                                percentiles(stage.getValue()),
                                result.cycles().getOrDefault(stage.getKey(), 0L)));
            }
        }
        return text.toString();
    }

    private static String percentiles(Histogram nanos) {
        return String.format(
                Locale.ROOT,
                "%,d | %,d | %,d | %,d",
                nanos.getValueAtPercentile(50),
                nanos.getValueAtPercentile(90),
                nanos.getValueAtPercentile(99),
                nanos.getValueAtPercentile(99.9));
    }
}
