package org.shyperlab.platforms.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The device tree compiler, which knows what is odd in a tree. */
final class TreeCompiler {
    private TreeCompiler() {}

    /** Holds that dtc warns of nothing in a flattened tree. */
    static void assertNoWarnings(byte[] tree, Path directory) throws IOException, InterruptedException {
        Path dtc = Path.of("/usr/bin/dtc");
        assumeTrue(Files.isExecutable(dtc), "dtc is not installed (Debian package device-tree-compiler)");
        Path blob = Files.write(directory.resolve("board.dtb"), tree);
        Path messages = directory.resolve("messages");
        Process process = new ProcessBuilder(
                        dtc.toString(),
                        "-I",
                        "dtb",
                        "-O",
                        "dts",
                        "-o",
                        directory.resolve("out").toString(),
                        blob.toString())
                .redirectError(messages.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(messages)).isEmpty();
        assertThat(process.exitValue()).isZero();
    }
}
