package org.shyperlab.emulator.devicetree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The device tree compiler as a judge of what we write. */
final class Dtc {
    private static final Path PROGRAM = Path.of("/usr/bin/dtc");

    private Dtc() {}

    static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    /** Converts {@code input} and returns the output; fails with dtc's own words when it refuses. */
    static byte[] convert(Path directory, String from, String to, byte[] input)
            throws IOException, InterruptedException {
        Path source = directory.resolve("in." + from);
        Path target = directory.resolve("out." + to);
        Path messages = directory.resolve("messages");
        Files.write(source, input);
        Process process = new ProcessBuilder(
                        PROGRAM.toString(), "-q", "-I", from, "-O", to, "-o", target.toString(), source.toString())
                .redirectErrorStream(true)
                .redirectOutput(messages.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("dtc refused: " + Files.readString(messages));
        }
        return Files.readAllBytes(target);
    }
}
