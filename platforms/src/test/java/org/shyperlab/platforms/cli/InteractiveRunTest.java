package org.shyperlab.platforms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.control.Tickers;

/** The program on a terminal of its own, which util-linux' {@code script} makes. */
class InteractiveRunTest {
    private static final int LONGEST_SECONDS = 150;
    private static final String ESCAPE = "\u0001";

    @ParameterizedTest
    @CsvSource({
        "qemu-aarch64-linux, interrupt         INTID 33",
        "qemu-riscv64-linux, interrupt         interrupt 10",
    })
    void theTerminalIsTheGuestsConsoleAndComesBackAsItWas(String scenario, String ofTheKeyboard) throws Exception {
        Session session = Session.start("stty -g; " + shyper("run " + scenario) + "; echo code $?; stty -g");
        session.await(LinuxGuest.BANNER);
        session.await("/# ");
        session.type("echo typed $((20+3))\n");
        session.await("typed 23");

        session.type(
                "cat > /tmp/pasted <<END\n" + "The quick brown fox jumps.\n".repeat(75) + "END\nwc -c /tmp/pasted\n");
        session.await("2025 /tmp/pasted");

        session.type("echo $((6*7)); sleep 1000\n"); // the shell takes Ctrl-C for a signal once it runs something
        session.await("42");
        session.type("\u0003");
        session.type("echo after $((20+4))\n");
        session.await("after 24");

        session.type(ESCAPE + "h");
        session.await("Ctrl-A q  quit");
        session.type(ESCAPE + "s");
        session.await("interrupts: ");
        session.type(ESCAPE + "t");
        session.await("trace on");
        session.type("\n");
        session.await(ofTheKeyboard);
        session.type(ESCAPE + "t");
        session.await("trace off");
        session.type(ESCAPE + "q");
        String[] lines = session.rest().split("\r?\n");
        assertThat(lines[lines.length - 2]).isEqualTo("code 0");
        assertThat(lines[lines.length - 1]).as("settings of the terminal").isEqualTo(session.firstLine());
        assertThat(session.exitCode()).isZero();
    }

    @Test
    void theTerminalGoesFromOneVmToTheNext(@TempDir Path directory) throws Exception {
        Path scenario = Tickers.AARCH64.write(directory);
        Session session = Session.start(shyper("run --no-control " + scenario) + "; echo code $?");
        session.await("..");
        session.type("A");
        session.await("A");
        session.type(ESCAPE + "1B");
        session.await("VM 1 (tick1) has the terminal");
        session.await("B");
        session.type(ESCAPE + "7");
        session.await("there is no VM 7\r\nVM 0 (tick0)\r\nVM 1 (tick1)");
        session.type(ESCAPE + "nC");
        session.await("VM 0 (tick0) has the terminal");
        session.await("A"); // its line, as far as it goes
        session.await("C");
        session.type(ESCAPE + "n" + ESCAPE + "h");
        session.await("VM 1 (tick1) has the terminal");
        session.await("B");
        session.await("Ctrl-A n  the terminal is the next VM's");
        session.type("q" + ESCAPE + "0q"); // each switches itself off
        assertThat(session.rest()).contains("powered off").endsWith("code 0\r\n");
        assertThat(session.exitCode()).isZero();
    }

    @Test
    void aSignalGivesTheTerminalBackToo() throws Exception {
        Session session = Session.start("stty -g; " + shyper("run qemu-aarch64-linux")
                + " & echo pid $!; fg >/dev/null; echo code $?; stty -g");
        session.await("Ctrl-A h shows the keys");
        String text = session.seen();
        long pid = Long.parseLong(text.replaceAll("(?s).*pid (\\d+).*", "$1"));
        assertThat(ProcessHandle.of(pid).orElseThrow().destroy()).isTrue();
        String[] lines = session.rest().split("\r?\n");
        assertThat(lines[lines.length - 2]).isEqualTo("code 143");
        assertThat(lines[lines.length - 1]).as("settings of the terminal").isEqualTo(session.firstLine());
        assertThat(session.exitCode()).isZero();
    }

    /** The shell command that starts this very program in a JVM of its own. */
    private static String shyper(String arguments) {
        return Shyper.command().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" ")) + " "
                + arguments;
    }

    /** A shell command on a terminal. */
    private static final class Session {
        private final Process process;
        private final InputStream output;
        private final OutputStream input;
        private final StringBuilder seen = new StringBuilder();
        private int awaited;

        private Session(Process process) {
            this.process = process;
            output = process.getInputStream();
            input = process.getOutputStream();
        }

        static Session start(String command) throws IOException {
            Process process = new ProcessBuilder(
                            "script",
                            "-qec",
                            "exec bash -mc \"" + command.replace("$", "\\$").replace("\"", "\\\"") + "\"",
                            "/dev/null")
                    .redirectErrorStream(true)
                    .start();
            // Reading is not interruptible: a session that hangs is ended, and its output then shows where.
            CompletableFuture.delayedExecutor(LONGEST_SECONDS, TimeUnit.SECONDS).execute(process::destroyForcibly);
            return new Session(process);
        }

        void type(String text) throws IOException {
            input.write(text.getBytes(StandardCharsets.UTF_8));
            input.flush();
        }

        /** Reads until {@code text} has come since the last one. */
        void await(String text) throws IOException {
            int at = seen.indexOf(text, awaited);
            while (at < 0) {
                int next = output.read();
                assertThat(next)
                        .as("the end came before \"%s\" in: %s", text, seen)
                        .isNotNegative();
                seen.append((char) next);
                at = seen.indexOf(text, Math.max(awaited, seen.length() - text.length()));
            }
            awaited = at + text.length();
        }

        String seen() {
            return seen.toString();
        }

        String firstLine() {
            return seen.substring(0, seen.indexOf("\r"));
        }

        String rest() throws IOException {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }

        int exitCode() throws InterruptedException {
            return process.waitFor();
        }
    }
}
