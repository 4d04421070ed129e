package org.shyperlab.platforms.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.input.FileNames;
import org.shyperlab.platforms.input.InputException;

/**
 * Where the files that a scenario names are: beside the scenario's file, or in the program.
 *
 * @param directory the directory of the scenario's file; null for scenarios that come with the program
 */
public record ScenarioFiles(@Nullable Path directory) {
    /** Begins the name of something that comes with the program: {@code shipped:hello}. */
    public static final String SHIPPED = "shipped:";

    private static final String RESOURCES = "/org/shyperlab/platforms/scenarios/";

    /** Files of scenarios that come with the program. */
    static final ScenarioFiles OF_PROGRAM = new ScenarioFiles(null);

    /** The text of a file that belongs to the scenario. {@code what} says what it is, for messages. */
    public String text(String what, String name) {
        if (directory == null) {
            return resource(name);
        }
        return FileNames.read(what, FileNames.resolve(directory, name));
    }

    /** The bytes of a file that the user named; relative names start at the scenario's directory, or where the program runs. */
    public byte[] bytes(String what, String name) {
        Path file = path(name);
        try {
            if (Files.exists(file) && !Files.isDirectory(file) && !Files.isRegularFile(file)) {
                // Reading a pipe may never end, and a device not before the memory does.
                throw new InputException("The %s %s cannot be read: it is not a regular file.".formatted(what, file));
            }
            return Files.readAllBytes(file);
        } catch (IOException error) {
            throw new InputException(
                    "The %s %s cannot be read: %s".formatted(what, file, InputException.reason(error)));
        } catch (OutOfMemoryError error) {
            throw new InputException("The %s %s is too large to load.".formatted(what, file));
        }
    }

    /** A file that the user named, as above. */
    public Path path(String name) {
        return directory == null ? FileNames.path(name) : FileNames.resolve(directory, name);
    }

    static String resource(String name) {
        try (InputStream in = ScenarioFiles.class.getResourceAsStream(RESOURCES + name)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCES + name + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
