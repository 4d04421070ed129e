package org.shyperlab.platforms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shyperlab.emulator.device.storage.BlockRequest;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.emulator.device.storage.OverlayStore;
import org.shyperlab.platforms.run.LinuxGuests;

/** A kill -9 of the program is a power cut for its guests: what they flushed is on the host's disk. */
class PowerCutRunTest {
    private static final int BYTES = 1 << 20;
    private static final String FLUSHED = "it is flushed";

    /** fsync returns when dd conv=fsync ends; what follows it is written and never flushed, for as long as the guest lives. */
    private static final String COMMANDS = """
            yes precious | dd of=/dev/vda bs=4k seek=16 count=100 iflag=fullblock conv=fsync 2> /dev/null
            yes precious | dd of=/dev/vdb bs=4k seek=16 count=100 iflag=fullblock conv=fsync 2> /dev/null
            echo it is flushed
            while true; do
                yes careless | dd of=/dev/vda bs=4k seek=200 count=20 iflag=fullblock oflag=direct 2> /dev/null
                yes careless | dd of=/dev/vdb bs=4k seek=200 count=20 iflag=fullblock oflag=direct 2> /dev/null
            done
            """;

    @TempDir
    private Path directory;

    /** A read of all of a store, which does it at once. */
    private record Reading(ByteBuffer data) implements BlockRequest {
        @Override
        public Operation operation() {
            return Operation.READ;
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public void done(boolean success) {
            assertThat(success).isTrue();
        }
    }

    private static byte[] contents(BlockStore store) {
        Reading all = new Reading(ByteBuffer.allocate((int) store.size()));
        store.submit(all);
        return all.data().array();
    }

    private static byte[] flushed(byte[] original) {
        byte[] expected = original.clone();
        byte[] line = "precious\n".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 100 << 12; i++) {
            expected[(16 << 12) + i] = line[i % line.length];
        }
        return Arrays.copyOf(expected, 200 << 12);
    }

    private void runUntilFlushedAndKill(Path file, Path base, Path overlay) throws IOException, InterruptedException {
        Path errors = directory.resolve("errors");
        Process program = new ProcessBuilder(Shyper.command(
                        "run",
                        "qemu-aarch64-linux",
                        "--native",
                        "--disk",
                        file.toString(),
                        "--disk",
                        base + ",overlay=" + overlay,
                        "--exec",
                        COMMANDS))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(errors.toFile())
                .start();
        try (BufferedReader console = program.inputReader(StandardCharsets.UTF_8)) {
            assertThat(console.lines().anyMatch(line -> line.startsWith(FLUSHED)))
                    .as(() -> read(errors))
                    .isTrue();
        } finally {
            program.destroyForcibly();
            assertThat(program.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(program.exitValue()).as("killed by signal 9").isEqualTo(128 + 9);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    @Test
    void whatAGuestHasFlushedSurvivesInTheFileAndInTheOverlay() throws Exception {
        LinuxGuests.fetch();
        byte[] original = new byte[BYTES];
        new Random(5).nextBytes(original);
        Path file = Files.write(directory.resolve("file.img"), original);
        Path base = Files.write(directory.resolve("base.img"), original);
        Path overlay = directory.resolve("overlay.img");
        runUntilFlushedAndKill(file, base, overlay);
        assertThat(Arrays.copyOf(Files.readAllBytes(file), 200 << 12)).isEqualTo(flushed(original));
        assertThat(Files.readAllBytes(base)).as("never written").isEqualTo(original);
        try (OverlayStore store = OverlayStore.open(base, overlay, problem -> {})) {
            byte[] now = contents(store);
            assertThat(Arrays.copyOf(now, 200 << 12)).isEqualTo(flushed(original));
            assertThat(Arrays.copyOfRange(now, 220 << 12, BYTES))
                    .as("nothing else was touched")
                    .isEqualTo(Arrays.copyOfRange(original, 220 << 12, BYTES));
        }
    }
}
