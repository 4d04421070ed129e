package org.shyperlab.emulator.device.storage;

import java.nio.ByteBuffer;

/** One request to a {@link BlockStore}. From {@link BlockStore#submit} to {@link #done} it belongs to the store. */
public interface BlockRequest {
    /** What a request asks for. */
    enum Operation {
        /** Fill {@link #data} with what the store holds. */
        READ,
        /** Keep the bytes of {@link #data}. */
        WRITE,
        /** Make every write that is done so far survive a power cut. */
        FLUSH
    }

    /** What it asks for. */
    Operation operation();

    /** The first byte it concerns, a multiple of {@link BlockStore#SECTOR_BYTES}; of FLUSH, nothing. */
    long offset();

    /**
     * The bytes from position to limit, a multiple of {@link BlockStore#SECTOR_BYTES}; backed by an array. The store may move the
     * position. Of FLUSH, nothing.
     */
    ByteBuffer data();

    /**
     * The store is done with the request; called exactly once, from within {@link BlockStore#submit} or any time later.
     *
     * @param success false when the store failed; the store told people why, where it tells such things
     */
    void done(boolean success);
}
