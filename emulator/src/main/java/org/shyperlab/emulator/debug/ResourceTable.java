package org.shyperlab.emulator.debug;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Text tables that lie beside the classes of this room: columns parted by blanks, comments after {@code #}. For this room alone. */
public final class ResourceTable {
    private ResourceTable() {}

    /** The rows' columns, from the top. */
    public static List<String[]> rows(Class<?> beside, String file) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(beside.getResourceAsStream(file)), StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.strip().split(" +"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
