package org.shyperlab.emulator.device.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

    /** What this program has open for writing: the host's locks are between programs, and of one program's own say less. */
    private static final Set<Path> WRITTEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Path real;
    private final FileChannel channel;
    private final Mode mode;

    private HostFile(Path path, Path real, FileChannel channel, Mode mode) {
        this.path = path;
        this.real = real;
        this.channel = channel;
        this.mode = mode;
    }

    /** A file behind {@code channel}, which is called {@code path} in messages; nobody else has it. */
    static HostFile of(Path path, FileChannel channel) {
        return new HostFile(path, path, channel, Mode.READ_WRITE);
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
            Path real = path.toRealPath();
            if (!Files.isRegularFile(real)) {
                channel.close();
                throw new StorageException("%s is not a regular file.".formatted(path));
            }
            if (!isFree(channel, real, mode)) {
                channel.close();
                throw new StorageException("%s is in use: another disk or another run has it open%s."
                        .formatted(path, mode == Mode.READ_ONLY ? " for writing" : ""));
            }
            return new HostFile(path, real, channel, mode);
        } catch (IOException error) {
            throw new StorageException("%s cannot be opened: %s".formatted(path, reason(error)), error);
        }
    }

    private static boolean isFree(FileChannel channel, Path real, Mode mode) throws IOException {
        boolean shared = mode == Mode.READ_ONLY;
        try {
            boolean free = channel.tryLock(0, Long.MAX_VALUE, shared) != null;
            if (free && !shared) {
                WRITTEN.add(real);
            }
            return free;
        } catch (OverlappingFileLockException ours) {
            return shared && !WRITTEN.contains(real);
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
        if (mode != Mode.READ_ONLY) {
            WRITTEN.remove(real);
        }
        channel.close();
    }
}
