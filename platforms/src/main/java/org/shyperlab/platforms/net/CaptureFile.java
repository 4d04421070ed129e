package org.shyperlab.platforms.net;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.hypervisor.net.PcapWriter;
import org.shyperlab.platforms.input.InputException;

/** Opens files that ports of the switch are captured to. */
public final class CaptureFile {
    private static final int BUFFER_BYTES = 1 << 16;

    private CaptureFile() {}

    /**
     * Creates the file.
     *
     * @param onFailure told once, in words, when the file cannot be written to its end; the run goes on
     * @throws InputException when it cannot even be begun
     */
    public static PcapWriter open(Path file, VirtualClock clock, Consumer<String> onFailure) {
        try {
            return new PcapWriter(
                    new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES),
                    clock,
                    error -> onFailure.accept(
                            "The capture file %s is incomplete: %s".formatted(file, InputException.reason(error))));
        } catch (IOException error) {
            throw new InputException(
                    "The capture file %s cannot be written: %s".formatted(file, InputException.reason(error)));
        }
    }
}
