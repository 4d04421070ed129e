package org.shyperlab.benchmarks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much time a run takes for how much certainty. */
enum Profile {
    /** About three minutes. */
    QUICK(1, 3, 5, 400, 50_000, 200_000),
    /** About half an hour. */
    FULL(3, 5, 10, 1_000, 200_000, 2_000_000);

    private final int processes;
    private final int warmUps;
    private final int iterations;
    private final int milliseconds;
    private final long latencyWarmUp;
    private final long latencyInterrupts;

    Profile(int processes, int warmUps, int iterations, int milliseconds, long latencyWarmUp, long latencyInterrupts) {
        this.processes = processes;
        this.warmUps = warmUps;
        this.iterations = iterations;
        this.milliseconds = milliseconds;
        this.latencyWarmUp = latencyWarmUp;
        this.latencyInterrupts = latencyInterrupts;
    }

    /** The profile of that name, or null. */
    static @Nullable Profile named(String name) {
        for (Profile profile : values()) {
            if (profile.toString().equals(name)) {
                return profile;
            }
        }
        return null;
    }

    /** JVMs per bench, one after the other. */
    int processes() {
        return processes;
    }

    /** Iterations that do not count, per JVM. */
    int warmUps() {
        return warmUps;
    }

    /** Iterations that count, per JVM. */
    int iterations() {
        return iterations;
    }

    /** Length of an iteration. */
    int milliseconds() {
        return milliseconds;
    }

    /** Interrupts per mode that do not count. */
    long latencyWarmUp() {
        return latencyWarmUp;
    }

    /** Interrupts per mode that count. */
    long latencyInterrupts() {
        return latencyInterrupts;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
