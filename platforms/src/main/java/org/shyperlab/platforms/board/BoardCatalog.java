package org.shyperlab.platforms.board;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.shyperlab.platforms.input.FileNames;
import org.shyperlab.platforms.input.InputException;

/** The boards that come with the program, and boards in files. */
public final class BoardCatalog {
    /** Names of the boards that come with the program. */
    public static final List<String> SHIPPED = List.of("qemu-aarch64", "qemu-riscv64", "qemu-riscv64-aia");

    private BoardCatalog() {}

    /**
     * Reads a shipped board by name, or a board file when the name has a slash or ends in {@code .yaml}.
     *
     * @param directory where relative file names start
     */
    public static Board load(String name, Path directory) {
        if (SHIPPED.contains(name)) {
            return shipped(name);
        }
        if (!name.contains("/") && !name.endsWith(".yaml")) {
            throw new InputException(
                    "There is no board \"%s\". Shipped boards: %s. A board of your own is named by its file, for example ./%s.yaml."
                            .formatted(name, String.join(", ", SHIPPED), name));
        }
        Path file = FileNames.resolve(directory, name);
        return BoardReader.read(file.toString(), FileNames.read("board file", file));
    }

    /** A board that comes with the program. */
    public static Board shipped(String name) {
        String file = "/org/shyperlab/platforms/boards/" + name + ".yaml";
        try (InputStream in = BoardCatalog.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing from the program");
            }
            return BoardReader.read(name + ".yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
