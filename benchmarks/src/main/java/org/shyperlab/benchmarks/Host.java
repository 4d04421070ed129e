package org.shyperlab.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The machine that the figures are from. */
final class Host {
    private static final int CALLS = 1_000_000;

    private Host() {}

    /** Processor, JVM, and what a look at the clock costs. */
    static String description() throws IOException {
        return String.format(
                Locale.ROOT,
                "%s, %d processors; JDK %s; one System.nanoTime costs %.0f ns",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                nanoTimeCost());
    }

    private static String processor() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(file)) {
            return System.getProperty("os.arch");
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    private static double nanoTimeCost() {
        long best = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 10; attempt++) {
            long start = System.nanoTime();
            long last = start;
            for (int i = 0; i < CALLS; i++) {
                last = System.nanoTime();
            }
            best = Math.min(best, last - start);
        }
        return (double) best / CALLS;
    }
}
