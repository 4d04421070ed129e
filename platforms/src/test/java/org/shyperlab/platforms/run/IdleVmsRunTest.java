package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** Linux VMs at their shells: what of the host they take is what they execute, and that is next to nothing. */
class IdleVmsRunTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long BOOTED = 8 * SECOND;
    private static final int IDLE_SECONDS = 60;

    @TempDir
    private Path directory;

    @BeforeAll
    static void kernels() {
        LinuxGuests.fetch();
    }

    private static long traps(Statistics statistics) {
        return statistics.guests().stream()
                .flatMap(guest -> guest.vcpus().stream())
                .flatMap(vcpu -> vcpu.traps().values().stream())
                .mapToLong(Statistics.Traps::count)
                .sum();
    }

    /** Two VMs that share a core, which the hypervisor would have to switch between if they did anything. */
    @ParameterizedTest
    @CsvSource({"qemu-aarch64, vm0-eight, vm1-eight, 2", "qemu-riscv64, vm0-riscv64-eight, '', 1"})
    void idleVmsExecuteAndTrapNextToNothing(String board, String first, String second, int vms) throws IOException {
        Path file = Files.writeString(directory.resolve("idle.yaml"), """
                scenario: idle
                description: for a test
                board: %s
                cores: 1
                memory: 64M
                guest:
                  kernel: shipped:linux
                vms: [shipped:%s%s]
                """.formatted(
                        board, first, second.isEmpty() ? "" : ", { file: shipped:%s, core: 0 }".formatted(second)));
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        try (ConsoleOutput output = new ConsoleOutput(console);
                Run run = RunBuilder.build(
                        ScenarioCatalog.load(file.toString()), RunOptions.plain(false), output, message -> {})) {
            assertThat(run.execute(BOOTED).exitCode()).isEqualTo(Outcome.LIMIT_REACHED);
            Statistics booted = run.statistics();
            assertThat(run.execute(BOOTED + IDLE_SECONDS * SECOND).exitCode()).isEqualTo(Outcome.LIMIT_REACHED);
            Statistics idle = run.statistics();
            output.flush();
            assertThat(console.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("built-in shell")))
                    .hasSize(vms);
            assertThat(idle.virtualSeconds() - booted.virtualSeconds()).isEqualTo(IDLE_SECONDS);
            assertThat((idle.instructions() - booted.instructions()) / vms / IDLE_SECONDS)
                    .as("instructions of a VM in a virtual second")
                    .isBetween(1L, 150_000L);
            assertThat((traps(idle) - traps(booted)) / vms / IDLE_SECONDS)
                    .as("traps and interrupts of a VM in a virtual second")
                    .isLessThan(40);
        }
    }
}
