package org.shyperlab.emulator.device.storage;

/**
 * The contents of a disk. Requests may be many at a time and may be done in any order; who needs an order waits for the one before it.
 */
public interface BlockStore extends AutoCloseable {
    /** Unit of sizes and offsets. */
    int SECTOR_BYTES = 512;

    /** Size in bytes, a multiple of {@link #SECTOR_BYTES}. */
    long size();

    /** Whether every WRITE fails. */
    boolean isReadOnly();

    /**
     * Begins a request that lies inside the store. It is done when its {@link BlockRequest#done} is called: by some stores before this
     * method returns, by others after any amount of virtual time.
     */
    void submit(BlockRequest request);

    /** Ends all use. Requests that are not done by then never are. */
    @Override
    void close();
}
