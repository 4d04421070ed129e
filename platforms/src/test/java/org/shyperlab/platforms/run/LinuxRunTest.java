package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** Debian's kernels to user space and back to power-off. */
class LinuxRunTest {
    /** Runs what exercises the system: processes, files, timers, all cores, interrupts. */
    private static final String COMMANDS = """
            grep -c ^processor /proc/cpuinfo
            i=0; while [ $i -lt 20 ]; do (echo $i > /tmp/$i) & i=$((i+1)); done; wait; cat /tmp/* | sort -n | tail -n 1
            usleep 20000; dd if=/dev/zero of=/tmp/zero bs=64k count=16 2>/dev/null; md5sum < /tmp/zero
            """;

    @TempDir
    private Path directory;

    @BeforeAll
    static void theGuestsAreThere() {
        LinuxGuests.fetch();
    }

    private static void assertWell(Execution run, int cores) {
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
        "qemu-aarch64-linux-gppt, false, 2, 1",
        "qemu-riscv64-linux, true, 1, 1",
        "qemu-riscv64-linux, true, 2, 2",
        "qemu-riscv64-linux, true, 4, 1",
        "qemu-riscv64-linux, false, 1, 1",
        "qemu-riscv64-linux, false, 2, 2",
        "qemu-riscv64-linux, false, 4, 2",
        "qemu-riscv64-aia-linux, true, 1, 1",
        "qemu-riscv64-aia-linux, true, 2, 1",
        "qemu-riscv64-aia-linux, true, 4, 1",
        "qemu-riscv64-aia-linux, false, 1, 1",
        "qemu-riscv64-aia-linux, false, 2, 2",
        "qemu-riscv64-aia-linux, false, 4, 2",
    })
    void bootsRunsCommandsPowersOffAndDoesTheSameAgain(String scenario, boolean bare, int cores, int times) {
        Execution run = times == 1
                ? Execution.of(ScenarioCatalog.load(scenario), bare, cores, COMMANDS)
                : Execution.twice(ScenarioCatalog.load(scenario), bare, cores, COMMANDS);
        assertWell(run, cores);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu-aarch64-two-vms", "qemu-riscv64-two-vms", "qemu-riscv64-aia-two-vms"})
    void aBareMetalVmRunsBesideItOnACoreOfItsOwn(String scenario) {
        Execution run = Execution.of(ScenarioCatalog.load(scenario), false, null, COMMANDS);
        assertWell(run, 1);
        assertThat(run.console()).contains("[hello] hello: PASS");
    }

    @ParameterizedTest
    @CsvSource({
        "qemu-aarch64, vm0-linux.json, vm1-hello.json",
        "qemu-riscv64, vm0-riscv64-linux.json, vm1-riscv64-hello.json",
        "qemu-riscv64-aia, vm0-riscv64-aia-linux.json, vm1-riscv64-aia-hello.json",
    })
    void aBareMetalVmSharesItsCore(String board, String linux, String hello) {
        String other = Execution.vm(hello).replace("\"0b10\"", "\"0b1\"").replace("\"master\": 1", "\"master\": 0");
        Execution run = Execution.of(
                Execution.scenario(directory, board, "1", "shipped:linux", "shipped:linux", Execution.vm(linux), other),
                false,
                null,
                COMMANDS);
        assertWell(run, 1);
        assertThat(run.console()).contains("[hello] hello: PASS");
    }

    /** With AIA, devices, timers and IPIs reach the guest by themselves; with a PLIC, each of the board's interrupts is a trap. */
    @ParameterizedTest
    @CsvSource({"qemu-riscv64-linux, true", "qemu-riscv64-aia-linux, false"})
    void interruptsOfDevicesAreTrapsWithAPlicAndNoneWithInterruptFiles(String scenario, boolean traps) {
        Execution run = Execution.of(ScenarioCatalog.load(scenario), false, 4, COMMANDS + "cat /proc/interrupts\n");
        assertWell(run, 4);
        int taken = interruptsOf("ttyS0", run.console());
        assertThat(taken).isPositive();
        if (traps) {
            assertThat(number(run, "physical")).isGreaterThanOrEqualTo(taken);
            assertThat(trapsOfVm(run)).contains("\"irq\"");
        } else {
            assertThat(number(run, "physical")).isZero();
            assertThat(number(run, "injected")).isZero();
            assertThat(trapsOfVm(run)).doesNotContain("\"irq\"");
        }
    }

    /** How many interrupts of a device all cores took, by the kernel's own count. */
    private static int interruptsOf(String device, String console) {
        String line = console.lines()
                .filter(each -> each.strip().endsWith(device) && each.contains(":"))
                .reduce((before, last) -> last)
                .orElseThrow();
        return Arrays.stream(line.split(":")[1].strip().split("\\s+"))
                .takeWhile(word -> word.matches("\\d+"))
                .mapToInt(Integer::parseInt)
                .sum();
    }

    /** The traps of all of the VM's vCPUs as the statistics have them; the hypervisor's idle time, which follows, is left out. */
    private static String trapsOfVm(Execution run) {
        return run.measured().replaceAll("(?s).*\"traps\" : (.*?)(\"idle\"|\"irqs\").*", "$1");
    }

    /** The first number of that name in the statistics. */
    private static int number(Execution run, String name) {
        return Integer.parseInt(run.measured().replaceAll("(?s).*?\"%s\" : (\\d+).*".formatted(name), "$1"));
    }

    /** Without Sstc the kernel asks firmware for each timer interrupt, which costs a call and an interrupt; with it, nothing. */
    @Test
    void aRiscvKernelUsesTheTimerThatTheBoardHasByItselfOrByFirmware() throws IOException {
        Execution itself = Execution.of(ScenarioCatalog.load("qemu-riscv64-linux"), false, 1, COMMANDS);
        try (InputStream shipped =
                Board.class.getResourceAsStream("/org/shyperlab/platforms/boards/qemu-riscv64.yaml")) {
            String board = new String(shipped.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(board).contains("_sstc");
            Files.writeString(directory.resolve("board.yaml"), board.replace("_sstc", ""));
        }
        Execution byFirmware = Execution.of(
                Execution.scenario(
                        directory,
                        "board.yaml",
                        "1",
                        "shipped:linux",
                        "shipped:linux",
                        Execution.vm("vm0-riscv64-linux.json")),
                false,
                1,
                COMMANDS);
        assertWell(byFirmware, 1);
        assertThat(itself.console()).contains("riscv-timer: Timer interrupt in S-mode is available via sstc extension");
        assertThat(byFirmware.console()).doesNotContain("sstc");
        assertThat(number(itself, "ecall")).isLessThan(200);
        assertThat(number(byFirmware, "ecall")).isGreaterThan(400);
    }
}
