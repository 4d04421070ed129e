package org.shyperlab.emulator.device.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A disk whose bytes are those of a file, one to one (a "raw image"). A flush is the host's fdatasync. */
public final class FileStore extends ImmediateStore {
    private final HostFile file;
    private final long size;
    private final boolean readOnly;
    private final Consumer<String> problems;

    private FileStore(HostFile file, long size, boolean readOnly, Consumer<String> problems) {
        super(file.path().toString(), problems);
        this.file = file;
        this.size = size;
        this.readOnly = readOnly;
        this.problems = problems;
    }

    /**
     * Opens a file as a disk.
     *
     * @param problems told, for people, what the host failed at later
     * @throws StorageException when it cannot be opened, is in use, is empty or is not whole sectors
     */
    public static FileStore open(Path path, boolean readOnly, Consumer<String> problems) {
        HostFile file = HostFile.open(path, readOnly ? HostFile.Mode.READ_ONLY : HostFile.Mode.READ_WRITE);
        try {
            long size = file.size();
            if (size == 0 || size % SECTOR_BYTES != 0) {
                file.close();
                throw new StorageException("%s has %d bytes: a disk is one or more sectors of %d bytes."
                        .formatted(path, size, SECTOR_BYTES));
            }
            return new FileStore(file, size, readOnly, problems);
        } catch (IOException error) {
            throw new StorageException(
                    "%s cannot be used as a disk: %s".formatted(path, HostFile.reason(error)), error);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    void read(long offset, ByteBuffer data) throws IOException {
        file.read(offset, data);
    }

    @Override
    void write(long offset, ByteBuffer data) throws IOException {
        file.write(offset, data);
    }

    @Override
    void flush() throws IOException {
        if (!readOnly) {
            file.force();
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException error) {
            problems.accept("the disk %s was not closed well: %s".formatted(file.path(), HostFile.reason(error)));
        }
    }
}
