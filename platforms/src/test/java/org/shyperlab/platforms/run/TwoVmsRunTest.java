package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.guestimages.BareMetalGuest;
import org.shyperlab.guestimages.BareMetalGuests;

/** Two bare-metal guests at once, each on a core of its own and both on one, twice. */
class TwoVmsRunTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "qemu-aarch64, aarch64, vm0-timer.json, vm1-hello.json, 2",
        "qemu-aarch64, aarch64, vm0-timer.json, vm1-hello.json, 1",
        "qemu-riscv64, riscv64, vm0-riscv64-timer.json, vm1-riscv64-hello.json, 2",
        "qemu-riscv64, riscv64, vm0-riscv64-timer.json, vm1-riscv64-hello.json, 1",
    })
    void bothPrintWhatTheyShouldAndDoTheSameAgain(
            String board, String architecture, String timer, String hello, int cores) {
        String second = cores == 2
                ? Execution.vm(hello)
                : Execution.vm(hello).replace("\"0b10\"", "\"0b1\"").replace("\"master\": 1", "\"master\": 0");
        Execution run = Execution.twice(
                Execution.scenario(
                        directory, board, Integer.toString(cores), "shipped:timer", null, Execution.vm(timer), second),
                false,
                null,
                null);
        assertThat(run.outcome()).as("%s", run.failures()).isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        List<String> lines = run.console().lines().toList();
        assertPrinted(
                architecture,
                "timer",
                lines.stream().filter(line -> !line.startsWith("[hello] ")).toList());
        assertPrinted(
                architecture,
                "hello",
                lines.stream()
                        .filter(line -> line.startsWith("[hello] "))
                        .map(line -> line.substring("[hello] ".length()))
                        .toList());
        assertThat(run.measured()).contains("\"guestErrors\" : 0");
    }

    private static void assertPrinted(String architecture, String guest, List<String> lines) {
        assertThat(BareMetalGuest.firstMissingLine(
                        BareMetalGuests.consoleLines(architecture, guest), String.join("\n", lines)))
                .as("%s", lines)
                .isEmpty();
    }
}
