package org.shyperlab.emulator.device.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A disk over a base file that it never changes: what the guest writes goes to an overlay file.
 *
 * <p>The overlay file is an {@link OverlayHeader}, a {@link ClusterMap}, and then as many bytes as the base has, at the same places.
 * A cluster of 4 KiB (the base's last may be shorter) counts when its bit in the map is set, otherwise the base's does; so the file is
 * sparse and takes the room of what was written. A cluster's first write writes all of it.
 *
 * <p>A power cut at any time leaves a good overlay with everything that was flushed: a flush makes the clusters durable, then sets
 * their bits, then makes those durable. Bits of new clusters are not written before.
 */
public final class OverlayStore extends ImmediateStore {
    private static final int CLUSTER = 4096;

    private final HostFile base;
    private final HostFile overlay;
    private final long size;
    private final ClusterMap map;
    private final long dataStart;
    private final Consumer<String> problems;
    private final ByteBuffer cluster = ByteBuffer.allocate(CLUSTER);

    private OverlayStore(HostFile base, HostFile overlay, long size, Consumer<String> problems) {
        super(overlay.path().toString(), problems);
        this.base = base;
        this.overlay = overlay;
        this.size = size;
        this.problems = problems;
        this.map = new ClusterMap((size + CLUSTER - 1) / CLUSTER);
        this.dataStart = OverlayHeader.BYTES + map.fileBytes();
    }

    /**
     * Opens {@code overlay} over {@code base}, which only has to be readable. An overlay that is not there is made.
     *
     * @param problems told, for people, what the host failed at later
     * @throws StorageException when a file cannot be opened or is in use, or the overlay is damaged or over another base
     */
    public static OverlayStore open(Path base, Path overlay, Consumer<String> problems) {
        HostFile baseFile = HostFile.open(base, HostFile.Mode.READ_ONLY);
        HostFile overlayFile = null;
        OverlayStore store = null;
        try {
            long size = size(baseFile);
            overlayFile = HostFile.open(overlay, HostFile.Mode.CREATE);
            store = over(baseFile, size, overlayFile, problems);
            return store;
        } finally {
            if (store == null) {
                close(baseFile, problems);
                if (overlayFile != null) {
                    close(overlayFile, problems);
                }
            }
        }
    }

    private static long size(HostFile base) {
        try {
            long size = base.size();
            if (size == 0 || size % SECTOR_BYTES != 0) {
                throw new StorageException("%s has %d bytes: a disk is one or more sectors of %d bytes."
                        .formatted(base.path(), size, SECTOR_BYTES));
            }
            return size;
        } catch (IOException error) {
            throw new StorageException(
                    "%s cannot be used as a disk: %s".formatted(base.path(), HostFile.reason(error)), error);
        }
    }

    /** As {@link #open}, of files that are open; {@code size} is the base's. */
    static OverlayStore over(HostFile base, long size, HostFile overlay, Consumer<String> problems) {
        try {
            OverlayStore store = new OverlayStore(base, overlay, size, problems);
            store.begin(OverlayHeader.of(base, size));
            return store;
        } catch (IOException error) {
            throw new StorageException(
                    "The overlay %s over %s cannot be used: %s"
                            .formatted(overlay.path(), base.path(), HostFile.reason(error)),
                    error);
        }
    }

    private static void close(HostFile file, Consumer<String> problems) {
        try {
            file.close();
        } catch (IOException error) {
            problems.accept("%s was not closed well: %s".formatted(file.path(), HostFile.reason(error)));
        }
    }

    private void begin(OverlayHeader header) throws IOException {
        long length = overlay.size();
        long whole = dataStart + size;
        ByteBuffer found = ByteBuffer.allocate(OverlayHeader.BYTES);
        overlay.read(0, found.limit((int) Math.min(length, OverlayHeader.BYTES)));
        if (length == 0 || length == whole && header.isBegunIn(found)) {
            make(header, whole);
            return;
        }
        header.require(found.clear(), overlay.path(), base.path());
        if (length < whole) {
            throw new StorageException("The overlay %s is damaged: it has %d bytes, and was made with %d."
                    .formatted(overlay.path(), length, whole));
        }
        if (!map.read(overlay, OverlayHeader.BYTES)) {
            throw new StorageException(
                    "The overlay %s is damaged: its map has clusters beyond the base's end.".formatted(overlay.path()));
        }
    }

    /** A header is only in a file that has its whole length, so that one which was cut off is known from one in which nothing was written. */
    private void make(OverlayHeader header, long whole) throws IOException {
        overlay.write(whole - 1, ByteBuffer.allocate(1));
        overlay.force();
        overlay.write(0, header.bytes());
        overlay.force();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    void read(long offset, ByteBuffer data) throws IOException {
        int limit = data.limit();
        long end = offset + data.remaining();
        for (long at = offset; at < end; ) {
            boolean ours = map.has(at / CLUSTER);
            long next = Math.min(nextCluster(at), end);
            while (next < end && map.has(next / CLUSTER) == ours) {
                next = Math.min(nextCluster(next), end);
            }
            data.limit(data.position() + (int) (next - at));
            if (ours) {
                overlay.read(dataStart + at, data);
            } else {
                base.read(at, data);
            }
            data.limit(limit);
            at = next;
        }
    }

    @Override
    void write(long offset, ByteBuffer data) throws IOException {
        int limit = data.limit();
        long end = offset + data.remaining();
        for (long at = offset; at < end; ) {
            long next = Math.min(nextCluster(at), end);
            boolean direct = needsNoBase(at, next);
            while (direct && next < end && needsNoBase(next, Math.min(nextCluster(next), end))) {
                next = Math.min(nextCluster(next), end);
            }
            data.limit(data.position() + (int) (next - at));
            if (direct) {
                overlay.write(dataStart + at, data);
            } else {
                writeFirst(at, data);
            }
            for (long written = at / CLUSTER; written * CLUSTER < next; written++) {
                map.add(written);
            }
            data.limit(limit);
            at = next;
        }
    }

    /** Whether the part of a cluster from {@code at} to {@code end} can be written alone. */
    private boolean needsNoBase(long at, long end) {
        return map.has(at / CLUSTER) || end - at == clusterBytes(at);
    }

    /** A part of a cluster that only the base has: the rest of it comes along. */
    private void writeFirst(long at, ByteBuffer part) throws IOException {
        long start = at / CLUSTER * CLUSTER;
        cluster.clear().limit(clusterBytes(at));
        base.read(start, cluster);
        cluster.position((int) (at - start)).put(part).rewind();
        overlay.write(dataStart + start, cluster);
    }

    private static long nextCluster(long at) {
        return (at / CLUSTER + 1) * CLUSTER;
    }

    private int clusterBytes(long at) {
        return (int) Math.min(CLUSTER, size - at / CLUSTER * CLUSTER);
    }

    @Override
    void flush() throws IOException {
        overlay.force();
        if (map.isChanged()) {
            map.write(overlay, OverlayHeader.BYTES);
            overlay.force();
        }
    }

    /** Flushes, then closes both files. */
    @Override
    public void close() {
        try (base;
                overlay) {
            flush();
        } catch (IOException error) {
            problems.accept("the disk %s was not closed well, what was not flushed may be lost: %s"
                    .formatted(overlay.path(), HostFile.reason(error)));
        }
    }
}
