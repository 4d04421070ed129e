package org.shyperlab.platforms.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.shyperlab.platforms.input.InputException;

/**
 * The terminal on standard input in raw mode: every key arrives as its bytes, and nothing that is printed is changed. Closing gives the
 * terminal back as it was; so does the end of the program by a signal.
 *
 * <p>It lets {@code stty} do the work, which every system with a shell has and which keeps the settings that it does not know.
 */
final class RawTerminal implements AutoCloseable {
    private final String before;
    private final Thread atSignal = new Thread(this::restore, "terminal-restore");

    private RawTerminal(String before) {
        this.before = before;
    }

    /**
     * Makes the terminal raw.
     *
     * @throws InputException when there is none
     */
    static RawTerminal open() {
        RawTerminal terminal = new RawTerminal(stty("-g").strip());
        Runtime.getRuntime().addShutdownHook(terminal.atSignal);
        stty("raw", "-echo");
        return terminal;
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(atSignal);
        } catch (IllegalStateException ending) {
            // A signal ends the program, and the hook runs.
        }
    }

    private void restore() {
        stty(before);
    }

    private static String stty(String... arguments) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() == 0) {
                return said;
            }
            throw unusable(said.strip());
        } catch (IOException error) {
            throw unusable(String.valueOf(error.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unusable("interrupted");
        }
    }

    private static InputException unusable(String why) {
        return new InputException(
                "The terminal cannot be used as a console (%s). Give --exec, --until or --limit, or standard input from /dev/null."
                        .formatted(why));
    }
}
