package org.shyperlab.platforms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shyperlab.platforms.control.Tickers;

/** The program in one process, and its {@code vm} commands in others. */
class VmCommandTest {
    private static final long LONGEST_SECONDS = 100;

    @TempDir
    private Path directory;

    private record Said(int code, String out) {}

    private Process start(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Shyper.command(arguments)).redirectErrorStream(true);
        builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
        return builder.redirectInput(Path.of("/dev/null").toFile()).start();
    }

    private Said shyper(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), out);
    }

    @Test
    void aMachineInAnotherProcessIsFoundManagedAndEnded() throws Exception {
        Path scenario = Tickers.AARCH64.write(directory);
        Path console = directory.resolve("console.txt");
        ProcessBuilder builder = new ProcessBuilder(Shyper.command("run", scenario.toString()))
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(console.toFile());
        builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
        Process machine = builder.start();
        Path socket = directory.resolve("shyperlab").resolve(machine.pid() + ".sock");
        while (!Files.exists(socket)) {
            assertThat(machine.waitFor(50, TimeUnit.MILLISECONDS)).isFalse();
        }
        String pid = Long.toString(machine.pid()); // this computer may have machines of others
        while (!shyper("vm", "list", "--machine", pid).out().contains("VM 1  Active")) {
            assertThat(machine.isAlive()).isTrue();
        }
        assertThat(shyper("vm", "pause", "tick1", "--machine", pid))
                .isEqualTo(new Said(0, "VM 1  Paused  Bare Metal App  tick1\n"));
        assertThat(shyper("vm", "list", "--machine", pid).out())
                .isEqualTo(
                        "2 virtual machines\n  VM 0  Active  Bare Metal App  tick0\n  VM 1  Paused  Bare Metal App  tick1\n");
        Said unknown = shyper("vm", "list", "--machine", "other");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.out()).contains("There is no machine \"other\". There are: ", pid + " (ticks)");
        assertThat(shyper("vm", "stats", "tick1", "--machine", pid).out())
                .contains("VM 1 (tick1): Paused, 1 vCPU, ")
                .containsPattern("0    1  trap data-abort +[0-9,]+\n");
        assertThat(shyper("vm", "stats", "--json", "--machine", pid).out())
                .startsWith("{\"ok\":true,\"virtualSeconds\":");
        assertThat(shyper("vm", "boot", "9", "--machine", pid).code()).isEqualTo(2);
        Process watching = start("console", "tick0", "--machine", pid);
        assertThat(watching.getInputStream().readNBytes(3)).containsOnly('.');
        for (String vm : List.of("0", "1")) {
            assertThat(shyper("vm", "stop", vm, "--machine", pid).code()).isZero();
        }
        assertThat(machine.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(machine.exitValue()).isZero();
        assertThat(Files.readString(console)).contains("ticks on qemu-aarch64 (hypervisor, 2 cores): powered off");
        assertThat(new String(watching.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .endsWith("shyper: the machine has ended\r\n");
        assertThat(watching.waitFor()).isZero();
        assertThat(socket).doesNotExist();
    }

    @Test
    void aSignalEndsTheRunWithWholeFiles() throws Exception {
        Path scenario = Tickers.AARCH64.write(directory);
        Path stats = directory.resolve("stats.json");
        Path trace = directory.resolve("trace.jsonl");
        Process machine = start("run", scenario.toString(), "--stats", stats.toString(), "--trace", trace.toString());
        assertThat(machine.getInputStream().readNBytes(3)).isNotEmpty(); // the guests run
        assertThat(machine.toHandle().destroy()).isTrue(); // SIGTERM
        String said = new String(machine.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(machine.waitFor()).isEqualTo(143);
        assertThat(said).contains("ended by a signal", "0 tick0 ").doesNotContain("\tat ");
        assertThat(Files.readString(stats))
                .contains("\"outcome\" : \"ended by a signal\"")
                .endsWith("}\n");
        assertThat(Files.readString(trace)).contains("data-abort").endsWith("}\n");
        assertThat(directory.resolve("shyperlab")).isEmptyDirectory();
    }

    @Test
    void whatStandardOutputCannotTakeIsAnError() throws Exception {
        Process boards = new ProcessBuilder(Shyper.command("boards"))
                .redirectOutput(Path.of("/dev/full").toFile())
                .start();
        assertThat(new String(boards.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("shyper: standard output cannot be written: No space left on device\n");
        assertThat(boards.waitFor()).isEqualTo(2);
    }

    @Test
    void aSocketThatNobodyUsesChangesNothing() throws IOException {
        Path with = directory.resolve("with.json");
        Path without = directory.resolve("without.json");
        assertThat(Shyper.run("run", "qemu-aarch64-ipi", "--stats", with.toString())
                        .exitCode())
                .isZero();
        assertThat(Shyper.run("run", "qemu-aarch64-ipi", "--no-control", "--stats", without.toString())
                        .exitCode())
                .isZero();
        String hostTime = "\"hostCpuSeconds\" : [^,]*";
        assertThat(Files.readString(with).replaceAll(hostTime, ""))
                .isEqualTo(Files.readString(without).replaceAll(hostTime, ""));
    }

    @Test
    void theCommandsExplainThemselves() {
        assertThat(Shyper.run("vm", "--help").out())
                .contains("list", "config", "boot", "pause", "resume", "reboot")
                .contains("stop", "remove", "console", "stats", "Examples");
        assertThat(Shyper.run("vm", "reboot", "--help").out()).contains("--force", "--machine");
        assertThat(Shyper.run("vm").err()).contains("Say what to do with which VM.");
        assertThat(Shyper.run("vm", "boot").exitCode()).isEqualTo(2);
        assertThat(Shyper.run("console", "--help").out()).contains("Ctrl-A q leaves");
    }
}
