package org.shyperlab.guestimages;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs an image on QEMU until it powers off. */
final class Qemu {
    private static final int ROUND_MILLIS = 100;
    private static final int ROUNDS = 1200;

    private Qemu() {}

    /**
     * Everything that is printed on the serial console.
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
        assertThat(ended).as("QEMU ended by itself; it printed:\n" + printed).isTrue();
        return printed;
    }

    private static void type(Process qemu, String input) {
        try (OutputStream terminal = qemu.getOutputStream()) {
            terminal.write(input.getBytes(US_ASCII));
        } catch (IOException gone) {
            // QEMU ended between the question and the write; how it ended is judged by what it printed.
        }
    }
}
