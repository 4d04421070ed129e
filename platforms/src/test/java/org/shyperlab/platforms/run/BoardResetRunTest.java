package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** A guest that resets the board: natively and as VM 0. Its disk tells the second boot from the first. */
class BoardResetRunTest {
    private static final String FIRST_TIME = """
            if [ "$(head -c 5 /dev/vda)" != again ]; then
                printf again | dd of=/dev/vda conv=fsync 2>/dev/null
            """;
    private static final String COMMANDS =
            FIRST_TIME + "    echo the board goes down; reboot -f; fi\necho the board is up again\n";

    @TempDir
    private Path directory;

    private RunOptions options(boolean bare, String commands, RunOptions.OnReset onReset) {
        Path image = directory.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(0);
            file.setLength(1 << 20);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        return new RunOptions.Builder(bare)
                .commands(commands)
                .disks(List.of(new Disk(image, null, false)))
                .limitNanos(60_000_000_000L)
                .onReset(onReset)
                .build();
    }

    private static List<String> lines(Execution run) {
        return run.console().replace("\r", "").lines().toList();
    }

    @ParameterizedTest(name = "{0}, native: {1}")
    @CsvSource({
        "qemu-aarch64-linux, true",
        "qemu-aarch64-linux-gppt, false",
        "qemu-riscv64-linux, true",
        "qemu-riscv64-linux, false",
        "qemu-riscv64-aia-linux, true",
    })
    void linuxRebootsAndComesUpAgain(String scenario, boolean bare) {
        assertWell(restarted(scenario, bare));
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu-aarch64-linux", "qemu-riscv64-aia-linux"})
    void aRunOverAResetIsTheSameTwice(String scenario) {
        assertWell(Execution.twice(() -> restarted(scenario, false)));
    }

    private Execution restarted(String scenario, boolean bare) {
        return Execution.of(ScenarioCatalog.load(scenario), options(bare, COMMANDS, RunOptions.OnReset.RESTART));
    }

    private static void assertWell(Execution run) {
        assertThat(run.outcome())
                .as("%s %s", run.failures(), run.console())
                .isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        assertThat(lines(run))
                .containsSubsequence("the board goes down", "the board is up again", LinuxGuest.EXIT_LINE + "0");
        assertThat(run.console()).doesNotContain("BUG:", "WARNING:");
        assertThat(run.measured()).contains("\"guestErrors\" : 0");
    }

    @Test
    void aRunThatIsNotToRestartEndsWithoutSuccess() {
        Execution run = Execution.of(
                ScenarioCatalog.load("qemu-aarch64-linux"), options(false, COMMANDS, RunOptions.OnReset.END));
        assertThat(run.outcome().exitCode()).isEqualTo(Outcome.GUEST_FAILED);
        assertThat(run.outcome().text()).contains("reset the board");
        assertThat(lines(run)).contains("the board goes down").doesNotContain("the board is up again");
    }

    @Test
    void vmsThatTheManagementVmMadeAreGoneAfterAResetOfTheBoard() {
        String commands = "cd /root; truncate -s 16M disk.img\n" + FIRST_TIME + """
                    shyper system daemon mediated-cfg.json & usleep 50000
                    shyper vm config vm1.json; shyper vm boot 1; usleep 300000; shyper vm list
                    shyper system reboot; echo reboot $?; shyper system reboot -f; sleep 9
                fi
                echo second; shyper vm list
                shyper system daemon mediated-cfg.json & usleep 50000
                shyper vm config vm1.json; shyper vm boot 1; usleep 300000; shyper vm list; shyper vm stop 1 -f
                """;
        Execution run =
                Execution.of(ScenarioCatalog.load("mvm-gvm"), options(false, commands, RunOptions.OnReset.RESTART));
        assertThat(run.outcome())
                .as("%s %s", run.failures(), run.console())
                .isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        assertThat(lines(run))
                .containsSubsequence(
                        "  VM 1  Active  Linux  gvm",
                        "reboot 1",
                        "second",
                        "1 virtual machines",
                        "  VM 0  Active  Linux  mvm",
                        "VM 1 is configured; start it with: shyper vm boot 1",
                        "  VM 1  Active  Linux  gvm");
    }
}
