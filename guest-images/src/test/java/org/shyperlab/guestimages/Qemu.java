package org.shyperlab.guestimages;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs an image on QEMU until it powers off. */
final class Qemu {
    /** Stands behind what a guest printed that did not power off. */
    static final String HUNG = "(QEMU did not end by itself)";

    private static final int ROUND_MILLIS = 100;
    private static final int ROUNDS = 600;

    private Qemu() {}

    /**
     * Everything that is printed on the serial console, and {@link #HUNG} when there is no end of it.
     *
     * @param folder for the files of this run
     * @param input is typed when the guest has printed {@code prompt}: QEMU's serial port forgets what came before the guest has set
     *     it up
     * @param command the program with the machine's options
     */
    static String run(Path folder, byte[] image, String prompt, String input, String... command)
            throws IOException, InterruptedException {
        Path kernel = folder.resolve("kernel.bin");
        Path console = folder.resolve("console.txt");
        Files.write(kernel, image);
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of("-nographic", "-nic", "none", "-kernel", kernel.toString()));
        Process qemu = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        boolean typed = input.isEmpty();
        boolean ended = false;
        for (int round = 0; round < ROUNDS && !ended; round++) {
            if (!typed && Files.readString(console, US_ASCII).contains(prompt)) {
                type(qemu, input);
                typed = true;
            }
            ended = qemu.waitFor(ROUND_MILLIS, TimeUnit.MILLISECONDS);
        }
        if (!ended) {
            qemu.destroyForcibly().waitFor();
        }
        String printed = Files.readString(console, US_ASCII);
        return ended ? printed : printed + HUNG;
    }

    /** What the console of a shipped guest lacks: the first line that it must have, or an end; empty when nothing. */
    static String missing(String architecture, String guest, String console) {
        return console.endsWith(HUNG)
                ? HUNG
                : BareMetalGuest.firstMissingLine(BareMetalGuests.consoleLines(architecture, guest), console);
    }

    private static void type(Process qemu, String input) {
        try (OutputStream terminal = qemu.getOutputStream()) {
            terminal.write(input.getBytes(US_ASCII));
        } catch (IOException gone) {
            // QEMU ended between the question and the write; how it ended is judged by what it printed.
        }
    }
}
