package org.shyperlab.emulator.device.virtio;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.storage.BlockStore;

/**
 * A block device (Virtio 5.2) over a {@link BlockStore}. Requests go to the store as they come and are given back as the store does
 * them, in any order; while they are under way their data is the device's own, so a reset in between touches nothing of the driver's.
 */
public final class VirtioBlock extends VirtioDevice {
    /** Bytes of a disk's identification string. */
    static final int ID_BYTES = 20;

    // Features (5.2.3).
    private static final long SIZE_MAX = 1L << 1;
    private static final long SEG_MAX = 1L << 2;
    private static final long READ_ONLY = 1L << 5;
    private static final long BLOCK_SIZE = 1L << 6;
    private static final long FLUSH = 1L << 9;

    private static final int ID = 2;
    private static final int REQUESTS = 0;
    private static final int CONFIG_WORDS = 6;

    /** The most data pieces of a request, as many as a ring has room for beside header and status; and the most bytes of a piece. */
    static final int PIECES = Virtqueue.MAX_SIZE - 2;

    static final int PIECE_BYTES = 16 << 10;
    /** While so many bytes are under way no more requests are taken, so that a slow store does not fill the host's memory. */
    private static final int UNDER_WAY_BYTES = 4 << 20;
    /** As much as the requests under way may need. */
    private static final int MOST_BUFFER_BYTES = 16 << 20;

    private final BlockStore store;
    private final long start;
    private final long sectors;
    private final byte[] identification;
    private final Virtqueue requests = ring(REQUESTS);
    /** Requests that wait for their next use, the last used first. */
    private final @Nullable BlockTask[] idle = new BlockTask[Virtqueue.MAX_SIZE];

    private int idleTasks;
    private int tasks;
    private int bytesUnderWay;
    /** Bytes that tasks keep for data, beyond their smallest; idle ones keep them for the next request, up to a bound. */
    private int bufferBytes;

    private boolean taking;

    /**
     * A disk.
     *
     * @param serial what GET_ID tells, up to 20 ASCII characters
     * @param store what it holds; the caller closes it
     */
    public VirtioBlock(String name, String serial, BlockStore store) {
        this(name, serial, store, 0, store.size() / BlockStore.SECTOR_BYTES);
    }

    /**
     * A disk that shows a part of a store.
     *
     * @param start the store's sector that is the disk's first
     * @param sectors how many sectors the disk has, all of them inside the store
     */
    public VirtioBlock(String name, String serial, BlockStore store, long start, long sectors) {
        super(name, ID, 1);
        this.store = store;
        this.start = start;
        this.sectors = sectors;
        this.identification = Arrays.copyOf(serial.getBytes(StandardCharsets.US_ASCII), ID_BYTES);
    }

    @Override
    long features() {
        return SIZE_MAX | SEG_MAX | BLOCK_SIZE | FLUSH | (store.isReadOnly() ? READ_ONLY : 0);
    }

    @Override
    int configWords() {
        return CONFIG_WORDS;
    }

    /** The configuration layout (5.2.4): capacity in sectors, size_max, seg_max, geometry, blk_size. */
    @Override
    int configWord(int n) {
        return switch (n) {
            case 0 -> (int) sectors;
            case 1 -> (int) (sectors >>> 32);
            case 2 -> PIECE_BYTES;
            case 3 -> PIECES;
            case 5 -> BlockStore.SECTOR_BYTES;
            default -> 0;
        };
    }

    @Override
    void notified(int n) {
        takeRequests();
        requests.signal();
    }

    private void takeRequests() {
        taking = true;
        while (bytesUnderWay < UNDER_WAY_BYTES && (idleTasks > 0 || tasks < idle.length)) {
            BlockTask task = idleTask();
            if (!requests.take(task.chain())) {
                release(task);
                break;
            }
            task.begin();
        }
        taking = false;
    }

    private BlockTask idleTask() {
        if (idleTasks > 0) {
            BlockTask task = idle[--idleTasks];
            if (task != null) {
                return task;
            }
        }
        tasks++;
        return new BlockTask(this, requests, store);
    }

    private void release(BlockTask task) {
        if (bufferBytes > MOST_BUFFER_BYTES) {
            task.shrink();
        }
        idle[idleTasks++] = task;
    }

    /** Tasks keep so many more bytes for data, or less. */
    void buffersGrew(int bytes) {
        bufferBytes += bytes;
    }

    int bufferBytes() {
        return bufferBytes;
    }

    long sectors() {
        return sectors;
    }

    /** Where a sector of the disk is in the store, in bytes. */
    long offset(long sector) {
        return (start + sector) * BlockStore.SECTOR_BYTES;
    }

    byte[] identification() {
        return identification;
    }

    /** Whether the driver makes writes durable itself; otherwise each one is before it is given back (5.2.6.2). */
    boolean driverFlushes() {
        return accepted(FLUSH);
    }

    /** So many more bytes are with the store. */
    void submitted(int bytes) {
        bytesUnderWay += bytes;
    }

    /** A request that may have been with the store is done and given back; so many bytes of it were under way. */
    void finished(BlockTask task, int bytes) {
        bytesUnderWay -= bytes;
        release(task);
        if (!taking) {
            if (isRunning()) {
                takeRequests();
            }
            requests.signal();
        }
    }

    @Override
    void reset() {
        // What is with the store comes back stale; its memory and its place count until then.
    }
}
