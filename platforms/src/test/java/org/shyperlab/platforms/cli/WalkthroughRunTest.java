package org.shyperlab.platforms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A walk-through from the command line to the exit code, with a bare-metal VM that prints by itself. */
class WalkthroughRunTest {
    @TempDir
    private Path directory;

    private Shyper run(String expected, String limit, String... options) throws IOException {
        Path file = Files.writeString(directory.resolve("mine.yaml"), """
                scenario: mine
                description: for a test
                board: qemu-aarch64
                cores: 1
                memory: 64M
                guest:
                  kernel: shipped:timer
                vms: [ "shipped:vm0-timer" ]
                limit: %s
                walkthrough:
                  - vm: timer
                    expect: ["timer: PASS", "%s"]
                """.formatted(limit, expected));
        String[] arguments = new String[options.length + 2];
        arguments[0] = "run";
        arguments[1] = file.toString();
        System.arraycopy(options, 0, arguments, 2, options.length);
        return Shyper.run(arguments);
    }

    private static void assertReport(Shyper run, int exitCode, String... lines) {
        assertThat(run.exitCode()).as(run.console() + run.err()).isEqualTo(exitCode);
        assertThat(run.err().lines().filter(line -> line.startsWith("walk-through ") || line.startsWith("shyper: ")))
                .containsExactly(lines);
    }

    @Test
    void allThatIsExpectedAndPrintedIsSuccess() throws IOException {
        assertReport(
                run("timer: ", "10s"),
                0,
                "walk-through held:    timer printed \"timer: PASS\"",
                "walk-through held:    timer printed \"timer: \"");
    }

    @Test
    void aTextThatTheVmEndsWithoutPrintingIsMissingAndTheExitCodeIsOne() throws IOException {
        assertReport(
                run("timer: FAIL", "10s"),
                1,
                "walk-through held:    timer printed \"timer: PASS\"",
                "walk-through MISSING: timer printed \"timer: FAIL\"",
                "shyper: not everything in the walk-through held");
    }

    @Test
    void theWalkthroughsOwnLimitHasTheCodeOfLimits() throws IOException {
        assertTooLate(run("timer: ", "10ms"));
    }

    @Test
    void aLimitOfTheCommandLineEndsTheWalkthroughEarlierOrNotAtAll() throws IOException {
        assertTooLate(run("timer: ", "10s", "--limit", "10ms"));
        assertReport(
                run("timer: ", "10s", "--limit", "9s"),
                0,
                "walk-through held:    timer printed \"timer: PASS\"",
                "walk-through held:    timer printed \"timer: \"");
        assertReport(run("nothing like it", "10s", "--limit", "9s", "--native"), 0);
    }

    private static void assertTooLate(Shyper run) {
        assertReport(
                run,
                3,
                "walk-through MISSING: timer printed \"timer: PASS\"",
                "walk-through held:    timer printed \"timer: \"",
                "shyper: the limit of virtual time was reached");
    }
}
