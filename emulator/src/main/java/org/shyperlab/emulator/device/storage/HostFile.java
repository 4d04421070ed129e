package org.shyperlab.emulator.device.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A file of the host that nobody else writes while it is open. */
final class HostFile implements AutoCloseable {
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final Set<OpenOption> READ_WRITE = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<OpenOption> CREATE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);

    /** How a file is opened. */
    enum Mode {
        /** Others may read it too. */
        READ_ONLY,
        /** Nobody else has it open. */
        READ_WRITE,
        /** As READ_WRITE, and made when it is not there. */
        CREATE
    }

    private final Path path;
    private final FileChannel channel;

    private HostFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Opens a file.
     *
     * @throws StorageException when the host does not let us, or another program or disk has it open
     */
    static HostFile open(Path path, Mode mode) {
        Set<OpenOption> options = switch (mode) {
            case READ_ONLY -> READ;
            case READ_WRITE -> READ_WRITE;
            case CREATE -> CREATE;
        };
        try {
            FileChannel channel = FileChannel.open(path, options);
            if (lock(channel, mode) == null) {
                channel.close();
                throw new StorageException("%s is in use: another disk or another run has it open%s."
                        .formatted(path, mode == Mode.READ_ONLY ? " for writing" : ""));
            }
            return new HostFile(path, channel);
        } catch (IOException error) {
            throw new StorageException("%s cannot be opened: %s".formatted(path, reason(error)), error);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel, Mode mode) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, mode == Mode.READ_ONLY);
        } catch (OverlappingFileLockException ours) {
            return null;
        }
    }

    /** The reason of a failure in a few words. */
    static String reason(IOException error) {
        return switch (error) {
            case NoSuchFileException none -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            default -> String.valueOf(error.getMessage());
        };
    }

    Path path() {
        return path;
    }

    long size() throws IOException {
        return channel.size();
    }

    /** Fills {@code data} from {@code offset} on. */
    void read(long offset, ByteBuffer data) throws IOException {
        long at = offset;
        while (data.hasRemaining()) {
            int count = channel.read(data, at);
            if (count < 0) {
                throw new EOFException("the file ends at byte %d; it became shorter".formatted(at));
            }
            at += count;
        }
    }

    /** Writes all of {@code data} from {@code offset} on. */
    void write(long offset, ByteBuffer data) throws IOException {
        long at = offset;
        while (data.hasRemaining()) {
            at += channel.write(data, at);
        }
    }

    /** What was written survives a power cut from now on. */
    void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
