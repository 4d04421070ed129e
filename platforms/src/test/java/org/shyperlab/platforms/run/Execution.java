package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/**
 * One whole run of a scenario, for tests.
 *
 * @param console what all guests printed
 * @param measured everything that is measured except host time: instructions, virtual time, hashes of consoles and traces, trap counts
 */
record Execution(Outcome outcome, String console, String measured, List<String> failures) {
    private static final String RESOURCES = "/org/shyperlab/platforms/";

    static Execution of(Scenario scenario, boolean bare, @Nullable Integer cores, @Nullable String commands) {
        return of(scenario, bare, cores, commands, List.of());
    }

    static Execution of(
            Scenario scenario, boolean bare, @Nullable Integer cores, @Nullable String commands, List<Disk> disks) {
        return of(scenario, bare, cores, commands, disks, "", false);
    }

    /** A run for which somebody has typed {@code input} beforehand, which is at most what a serial port can hold. */
    static Execution ofTyped(Scenario scenario, boolean bare, String input) {
        return of(scenario, bare, 1, null, List.of(), input, false);
    }

    private static Execution of(
            Scenario scenario,
            boolean bare,
            @Nullable Integer cores,
            @Nullable String commands,
            List<Disk> disks,
            String input,
            boolean unattended) {
        return of(scenario, options(bare, cores, commands, unattended, 300_000_000_000L, disks), input);
    }

    /** The run with these options. */
    static Execution of(Scenario scenario, RunOptions options) {
        return of(scenario, options, "");
    }

    private static Execution of(Scenario scenario, RunOptions options, String input) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ConsoleOutput output = new ConsoleOutput(bytes);
                Run run = RunBuilder.build(scenario, options, output, message -> {})) {
            input.chars().forEach(typed -> assertThat(run.type(typed)).isTrue());
            Outcome outcome = run.execute();
            output.flush();
            String measured = StatisticsFile.json(run.statistics()).replaceAll("\"hostCpuSeconds\" : [^,]*,", "");
            return new Execution(outcome, bytes.toString(StandardCharsets.UTF_8), measured, run.failures());
        }
    }

    private static RunOptions options(
            boolean bare,
            @Nullable Integer cores,
            @Nullable String commands,
            boolean unattended,
            long limitNanos,
            List<Disk> disks) {
        return new RunOptions.Builder(bare)
                .cores(cores)
                .commands(commands)
                .unattended(unattended)
                .limitNanos(limitNanos)
                .disks(disks)
                .build();
    }

    /** The scenario with its walk-through, at most until that virtual time. */
    static RunOptions unattended(long limitNanos) {
        return options(false, null, null, true, limitNanos, List.of());
    }

    /** The run of {@code scenario}, which is then done again and must be the same to the last bit. */
    static Execution twice(Scenario scenario, boolean bare, @Nullable Integer cores, @Nullable String commands) {
        return twice(() -> of(scenario, bare, cores, commands));
    }

    /** As above, for a scenario that runs its walk-through because nobody types. */
    static Execution walkthroughTwice(Scenario scenario) {
        return twice(() -> of(scenario, false, null, null, List.of(), "", true));
    }

    /** The run that {@code run} does, which is then done again and must be the same to the last bit. */
    static Execution twice(Supplier<Execution> run) {
        Execution first = run.get();
        Execution second = run.get();
        assertThat(second.console()).isEqualTo(first.console());
        assertThat(second.measured()).isEqualTo(first.measured());
        return first;
    }

    /** A scenario with its files written to {@code directory}; without {@code vms} it is for the bare board. */
    static Scenario scenario(
            Path directory, String board, String cores, String kernel, @Nullable String initrd, String... vms) {
        StringBuilder names = new StringBuilder();
        try {
            for (int i = 0; i < vms.length; i++) {
                Files.writeString(directory.resolve("vm" + i + ".json"), vms[i]);
                names.append(i == 0 ? "" : ", ").append("vm").append(i).append(".json");
            }
            Path file = Files.writeString(directory.resolve("mine.yaml"), """
                    scenario: mine
                    description: for a test
                    board: %s
                    cores: %s
                    memory: 64M
                    guest:
                      kernel: %s
                    %svms: [%s]
                    """.formatted(
                            board, cores, kernel, initrd == null ? "" : "  initrd: " + initrd + "\n", names));
            return ScenarioCatalog.load(file.toString());
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** A VM configuration that comes with the program. */
    static String vm(String name) {
        return resource("scenarios/" + name);
    }

    /** A file that comes with the program, such as {@code boards/NAME.yaml}. */
    static String resource(String name) {
        try (var in = Execution.class.getResourceAsStream(RESOURCES + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
