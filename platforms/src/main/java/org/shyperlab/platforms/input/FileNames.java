package org.shyperlab.platforms.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Names of files as people write them, and the text in such files. */
public final class FileNames {
    /** What people edit is far shorter; a device or a disk image named by mistake is longer. */
    private static final int LONGEST_TEXT = 4 << 20;

    private FileNames() {}

    /**
     * The file with this name.
     *
     * @throws InputException when no file can have it: it holds a NUL, or characters that the host's locale cannot write
     */
    public static Path path(String name) {
        return resolve(Path.of(""), name);
    }

    /** As above; relative names start at {@code directory}. */
    public static Path resolve(Path directory, String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException error) {
            throw new InputException(
                    "\"%s\" cannot be the name of a file: %s.".formatted(printable(name), error.getReason()));
        }
    }

    /**
     * The text of a file.
     *
     * @param what says what it is, for messages
     */
    public static String read(String what, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LONGEST_TEXT + 1);
            if (bytes.length > LONGEST_TEXT) {
                throw new InputException("The %s %s is longer than %d MiB.".formatted(what, file, LONGEST_TEXT >> 20));
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException binary) {
            throw new InputException("The %s %s cannot be read: it is not UTF-8 text.".formatted(what, file));
        } catch (IOException error) {
            throw new InputException(
                    "The %s %s cannot be read: %s".formatted(what, file, InputException.reason(error)));
        }
    }

    /** A name as it can be shown: a terminal takes control characters for orders. */
    public static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
