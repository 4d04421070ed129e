package org.shyperlab.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.shyperlab.benchmarks.disk.DiskBench;
import org.shyperlab.benchmarks.idle.IdleBench;

/** Runs all benches and prints their report as Markdown. */
public final class Main {
    private static final int WRONG_INPUT = 2;

    private Main() {}

    /**
     * The program.
     *
     * @param arguments {@code quick} or {@code full}, and the directory that JMH's log and the chart go to; or {@code disks} or
     *     {@code idle}, and a directory for the runs' files
     */
    public static void main(String[] arguments) throws IOException, RunnerException, InterruptedException {
        if (arguments.length == 2 && arguments[0].equals("disks")) {
            System.exit(DiskBench.run(Path.of(arguments[1])) ? 0 : 1);
            return;
        }
        if (arguments.length == 2 && arguments[0].equals("idle")) {
            System.exit(IdleBench.run(Path.of(arguments[1])) ? 0 : 1);
            return;
        }
        Profile profile = arguments.length == 2 ? Profile.named(arguments[0]) : null;
        if (profile == null) {
            System.err.println("usage: scripts/bench quick|full|disks|idle");
            System.exit(WRONG_INPUT);
            return;
        }
        Path directory = Files.createDirectories(Path.of(arguments[1]));
        List<LatencyResult> latencies = latencies(profile);
        Path chart = Files.writeString(directory.resolve("latency.html"), LatencyChart.html(latencies));
        Path log = directory.resolve("jmh.log");
        System.err.println("shyperlab: single operations (JMH's own log: " + log + ")");
        BenchTable table = new BenchTable(operations(profile, log));
        System.out.println("Profile `" + profile + "`; " + Host.description() + "\n");
        System.out.println(table.operations());
        System.out.println(table.counting());
        System.out.println(LatencyTable.overview(latencies));
        System.out.println(LatencyTable.stages(latencies));
        System.err.println("shyperlab: the latency stages as a chart: " + chart);
    }

    private static List<LatencyResult> latencies(Profile profile) {
        List<LatencyResult> results = new ArrayList<>();
        for (LatencyMode mode : LatencyMode.values()) {
            System.err.println("shyperlab: interrupt path, " + mode.title());
            results.add(InterruptLatency.measure(mode, profile.latencyWarmUp(), profile.latencyInterrupts()));
        }
        return results;
    }

    private static Collection<RunResult> operations(Profile profile, Path log) throws RunnerException {
        TimeValue iteration = TimeValue.milliseconds(profile.milliseconds());
        return new Runner(new OptionsBuilder()
                        .include(Main.class.getPackageName())
                        .forks(profile.processes())
                        .warmupIterations(profile.warmUps())
                        .warmupTime(iteration)
                        .measurementIterations(profile.iterations())
                        .measurementTime(iteration)
                        .addProfiler(GCProfiler.class)
                        .output(log.toString())
                        .build())
                .run();
    }
}
