package org.shyperlab.platforms.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
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
    /** How a guest may run. */
    enum Mode {
        NATIVE,
        EMULATED_GIC,
        PARTIAL_PASSTHROUGH
    }

    private static final String SHIPPED_VMS = "/org/shyperlab/platforms/scenarios/";

    static Execution of(Scenario scenario, boolean bare, @Nullable Integer cores, @Nullable String commands) {
        RunOptions options = new RunOptions(
                bare,
                cores,
                null,
                null,
                null,
                null,
                commands,
                false,
                null,
                300_000_000_000L,
                null,
                List.of(),
                List.of(),
                RunOptions.Pace.FAST);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ConsoleOutput output = new ConsoleOutput(bytes);
                Run run = RunBuilder.build(scenario, options, output, message -> {})) {
            Outcome outcome = run.execute();
            output.flush();
            String measured = StatisticsFile.json(run.statistics()).replaceAll("\"hostCpuSeconds\" : [^,]*,", "");
            return new Execution(outcome, bytes.toString(StandardCharsets.UTF_8), measured, run.failures());
        }
    }

    /** A scenario of the bare-metal guest {@code guest}, alone, natively or as VM 0. */
    static Scenario bareMetal(Path directory, String guest, Mode mode) {
        UnaryOperator<String> gic = mode == Mode.PARTIAL_PASSTHROUGH
                ? json -> json.replace("EMU_DEVICE_T_GICD", "EMU_DEVICE_T_GPPT").replace("0x8040000", "0x8010000")
                : UnaryOperator.identity();
        String json = gic.apply(vm("vm0-timer.json")).replace("shipped:timer", "shipped:" + guest);
        return scenario(directory, "1", "shipped:" + guest, null, json);
    }

    /** A scenario of the bare-metal guest {@code guest} on the bare board. */
    static Scenario onBareBoard(Path directory, String board, String guest) {
        try {
            Path file = Files.writeString(directory.resolve("bare.yaml"), """
                    scenario: bare
                    description: for a test
                    board: %s
                    memory: 64M
                    guest:
                      kernel: shipped:%s
                    """.formatted(board, guest));
            return ScenarioCatalog.load(file.toString());
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** A scenario with its files written to {@code directory}. */
    static Scenario scenario(Path directory, String cores, String kernel, @Nullable String initrd, String... vms) {
        StringBuilder names = new StringBuilder();
        try {
            for (int i = 0; i < vms.length; i++) {
                Files.writeString(directory.resolve("vm" + i + ".json"), vms[i]);
                names.append(i == 0 ? "" : ", ").append("vm").append(i).append(".json");
            }
            Path file = Files.writeString(directory.resolve("mine.yaml"), """
                    scenario: mine
                    description: for a test
                    board: qemu-aarch64
                    cores: %s
                    memory: 64M
                    guest:
                      kernel: %s
                    %svms: [%s]
                    """.formatted(
                            cores, kernel, initrd == null ? "" : "  initrd: " + initrd + "\n", names));
            return ScenarioCatalog.load(file.toString());
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** A VM configuration that comes with the program. */
    static String vm(String name) {
        try (var in = Execution.class.getResourceAsStream(SHIPPED_VMS + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
