package org.shyperlab.benchmarks.idle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.platforms.run.ConsoleOutput;
import org.shyperlab.platforms.run.Outcome;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunBuilder;
import org.shyperlab.platforms.run.RunOptions;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** What VMs take of the Java heap. What was allocated is more than what is kept, so it is a bound that no collector moves. */
class IdleMemoryTest {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path directory;

    /** Bytes allocated while a machine with so many bare-metal VMs is built and runs to its end. */
    private long allocated(String board, String vm, int vms) throws IOException {
        String text;
        try (InputStream in = ScenarioCatalog.class.getResourceAsStream("/org/shyperlab/platforms/scenarios/" + vm)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (int i = 0; i < vms; i++) {
            Files.writeString(
                    directory.resolve("vm%d.json".formatted(i)),
                    text.replace("\"name\": \"hello\"", "\"name\": \"hello%d\"".formatted(i)));
        }
        Path file = Files.writeString(directory.resolve("many.yaml"), """
                scenario: many
                description: for a test
                board: %s
                cores: 2
                memory: 64M
                guest:
                  kernel: shipped:hello
                most-vms: 16
                vms: [%s]
                """.formatted(
                board, IntStream.range(0, vms).mapToObj("vm%d.json"::formatted).collect(Collectors.joining(", "))));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try (ConsoleOutput output = new ConsoleOutput(OutputStream.nullOutputStream());
                Run run = RunBuilder.build(
                        ScenarioCatalog.load(file.toString()), RunOptions.plain(false), output, message -> {})) {
            assertThat(run.execute().exitCode()).isEqualTo(Outcome.SUCCESS);
            return threads.getCurrentThreadAllocatedBytes() - before;
        }
    }

    @ParameterizedTest
    @CsvSource({"qemu-aarch64, vm1-hello.json", "qemu-riscv64, vm1-riscv64-hello.json"})
    void aVmTakesLessThanTwoMebibytesOfTheHeapInItsWholeLife(String board, String vm) throws IOException {
        allocated(board, vm, 2); // what is loaded once in a process
        long few = allocated(board, vm, 4);
        long many = allocated(board, vm, 16);
        assertThat((many - few) / 12).isBetween(1L, 2 * MIB);
    }
}
