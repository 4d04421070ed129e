package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.guestimages.debian.DebianPackages;
import org.shyperlab.guestimages.linux.GuestArchitecture;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** Debian's kernel to user space and back to power-off. */
class LinuxRunTest {
    /** Runs what exercises the system: processes, files, timers, all cores, interrupts. */
    static final String COMMANDS = """
            grep -c ^processor /proc/cpuinfo
            i=0; while [ $i -lt 20 ]; do (echo $i > /tmp/$i) & i=$((i+1)); done; wait; cat /tmp/* | sort -n | tail -n 1
            usleep 20000; dd if=/dev/zero of=/tmp/zero bs=64k count=16 2>/dev/null; md5sum < /tmp/zero
            """;

    @TempDir
    private Path directory;

    @BeforeAll
    static void theGuestIsThere() {
        assertThat(LinuxGuest.isCached(DebianPackages.inUserCache(message -> {}), GuestArchitecture.ARM64))
                .as("The Linux guest is not in the cache. The command `scripts/shyper doctor --install` brings it.")
                .isTrue();
    }

    static void assertWell(Execution run, int cores) {
        assertThat(run.outcome())
                .as("%s %s", run.failures(), run.console())
                .isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        assertThat(run.console().replace("\r", ""))
                .contains(
                        LinuxGuest.BANNER,
                        "\n" + cores + "\n19\nb6d81b360a5672d80c27430f39153e2c  -\n",
                        LinuxGuest.EXIT_LINE + "0");
        assertThat(run.console()).doesNotContain("Kernel panic", "BUG:", "WARNING:", "rcu: INFO");
        assertThat(run.measured()).contains("\"guestErrors\" : 0");
    }

    @ParameterizedTest
    @CsvSource({
        "qemu-aarch64-linux, true, 1, 2",
        "qemu-aarch64-linux, true, 2, 2",
        "qemu-aarch64-linux, true, 4, 1",
        "qemu-aarch64-linux, false, 1, 2",
        "qemu-aarch64-linux, false, 2, 2",
        "qemu-aarch64-linux, false, 4, 1",
        "qemu-aarch64-linux-gppt, false, 1, 1",
        "qemu-aarch64-linux-gppt, false, 2, 1"
    })
    void bootsRunsCommandsPowersOffAndDoesTheSameAgain(String scenario, boolean bare, int cores, int times) {
        Execution first = Execution.of(ScenarioCatalog.load(scenario), bare, cores, COMMANDS);
        assertWell(first, cores);
        for (int again = 1; again < times; again++) {
            Execution second = Execution.of(ScenarioCatalog.load(scenario), bare, cores, COMMANDS);
            assertThat(second.console()).isEqualTo(first.console());
            assertThat(second.measured()).isEqualTo(first.measured());
        }
    }

    @Test
    void aBareMetalVmRunsBesideItOnACoreOfItsOwn() {
        Execution run = Execution.of(ScenarioCatalog.load("qemu-aarch64-two-vms"), false, null, COMMANDS);
        assertWell(run, 1);
        assertThat(run.console()).contains("[hello] hello: PASS");
    }

    @Test
    void aBareMetalVmSharesItsCore() {
        String other =
                Execution.vm("vm1-hello.json").replace("\"0b10\"", "\"0b1\"").replace("\"master\": 1", "\"master\": 0");
        Execution run = Execution.of(
                Execution.scenario(
                        directory, "1", "shipped:linux", "shipped:linux", Execution.vm("vm0-linux.json"), other),
                false,
                null,
                COMMANDS);
        assertWell(run, 1);
        assertThat(run.console()).contains("[hello] hello: PASS");
    }
}
