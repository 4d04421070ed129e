package org.shyperlab.emulator.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a library's ELF header before the loader does. The loader maps a truncated file without complaint and the first touch of
 * the missing part kills the whole JVM with SIGBUS; a library of another processor only gets "cannot open".
 */
final class SharedObject {
    private static final int HEADER_BYTES = 64;
    private static final int MAGIC = 0x464c457f;
    private static final int TYPE_SHARED = 3;
    private static final Map<Integer, String> MACHINES = Map.of(62, "amd64", 183, "aarch64", 243, "riscv64");

    private SharedObject() {}

    /**
     * What is wrong with {@code file} as a shared library for a JVM whose {@code os.arch} is {@code architecture}, as the end of a
     * sentence that starts with the file's name; null when nothing is.
     */
    static @Nullable String problem(Path file, String architecture) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (header.hasRemaining() && channel.read(header) >= 0) {
                // A short read is rare but allowed.
            }
            return problem(header, channel.size(), architecture);
        } catch (IOException e) {
            return "cannot be read (%s)".formatted(e);
        }
    }

    private static @Nullable String problem(ByteBuffer header, long fileSize, String architecture) {
        if (header.position() < HEADER_BYTES || header.getInt(0) != MAGIC || header.get(4) != 2 || header.get(5) != 1) {
            return "is not a shared library (no 64-bit little-endian ELF header)";
        }
        if (header.getShort(16) != TYPE_SHARED) {
            return "is an ELF file but not a shared library";
        }
        int machine = header.getShort(18) & 0xffff;
        if (!architecture.equals(MACHINES.get(machine))) {
            return "is for another processor (%s; this Java runs on %s)"
                    .formatted(MACHINES.getOrDefault(machine, "ELF machine " + machine), architecture);
        }
        // Linkers put the section table last, so a file that holds all of it is whole.
        long tableEnd = header.getLong(40) + (long) (header.getShort(58) & 0xffff) * (header.getShort(60) & 0xffff);
        if (tableEnd > fileSize || tableEnd < 0) {
            return "is truncated (%d bytes of at least %d)".formatted(fileSize, tableEnd);
        }
        return null;
    }
}
