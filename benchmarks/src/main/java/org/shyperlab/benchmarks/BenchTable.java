package org.shyperlab.benchmarks;

import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;
import org.shyperlab.benchmarks.CountingBench.Counting;

/** JMH's results as Markdown. */
final class BenchTable {
    private static final String ALLOCATION = "gc.alloc.rate.norm";
    private static final int COUNTING_GOAL_PERCENT = 30;

    private final Map<String, RunResult> results = new HashMap<>();

    /** A table of these results. */
    BenchTable(Collection<RunResult> all) {
        for (RunResult result : all) {
            results.put(key(result.getParams()), result);
        }
    }

    /** Class and method; with a colon, the values of its parameters. */
    private static String key(BenchmarkParams params) {
        String[] path = params.getBenchmark().split("\\.");
        StringBuilder key = new StringBuilder(path[path.length - 2] + "." + path[path.length - 1]);
        for (String name : params.getParamsKeys()) {
            key.append(':').append(params.getParam(name));
        }
        return key.toString();
    }

    private RunResult result(String bench) {
        RunResult found = results.get(bench);
        if (found == null) {
            throw new IllegalStateException("bench " + bench + " gave no result; JMH's log says why");
        }
        return found;
    }

    private double median(String bench) {
        return result(bench).getPrimaryResult().getStatistics().getPercentile(50);
    }

    /** Every row, with goals and published figures. */
    String operations() {
        StringBuilder text = new StringBuilder("""
                | operation | ns (median) | ns (best) | B/op | goal, ns | under QEMU 7.2, ns |
                |---|---:|---:|---:|---:|---:|
                """);
        for (TableRow row : TableRow.ALL) {
            Statistics nanos = result(row.bench()).getPrimaryResult().getStatistics();
            double median = nanos.getPercentile(50);
            Integer goal = row.goal();
            text.append("| %s | %s | %s | %s | %s | %s |%n"
                    .formatted(
                            row.title(),
                            nanos(median),
                            nanos(nanos.getMin()),
                            bytes(row.bench()),
                            goal == null ? "" : "≤ " + goal + (median <= goal ? ", met" : ", **missed**"),
                            row.published() == null ? "" : row.published()));
        }
        return text.toString();
    }

    private String bytes(String bench) {
        Result<?> allocation = result(bench).getSecondaryResults().get(ALLOCATION);
        // JMH's own few objects per iteration spread over the operations.
        double bytes = allocation == null ? Double.NaN : allocation.getScore();
        return bytes < 0.5 ? "0" : format("%,.0f", bytes);
    }

    private static String nanos(double value) {
        return format(value < 100 ? "%,.1f" : "%,.0f", value);
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** What counting instructions costs a loop that only computes. */
    String counting() {
        double free = median("CountingBench.round:" + Counting.NONE);
        StringBuilder text = new StringBuilder("""
                | compute loop, %d instructions in one block | MIPS | slower than free run | goal |
                |---|---:|---:|---:|
                """.formatted(CountingBench.INSTRUCTIONS));
        for (Counting counting : Counting.values()) {
            double nanos = median("CountingBench.round:" + counting);
            double percent = 100 * (1 - free / nanos);
            String goal = "≤ %d %%, %s"
                    .formatted(COUNTING_GOAL_PERCENT, percent <= COUNTING_GOAL_PERCENT ? "met" : "**missed**");
            text.append("| %s | %s | %s | %s |%n"
                    .formatted(
                            counting.title(),
                            format("%,.0f", CountingBench.INSTRUCTIONS * 1e3 / nanos),
                            counting == Counting.NONE ? "" : format("%.0f %%", percent),
                            counting == Counting.MACHINE_CODE ? goal : ""));
        }
        return text.toString();
    }
}
