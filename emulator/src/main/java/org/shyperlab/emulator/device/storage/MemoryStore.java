package org.shyperlab.emulator.device.storage;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A disk in the host's memory, zero at first; memory is taken where something was written. */
public final class MemoryStore extends ImmediateStore {
    private static final int CHUNK_BYTES = 1 << 16;
    private static final byte[] ZEROS = new byte[CHUNK_BYTES];

    private final long size;
    private final byte[] @Nullable [] chunks;

    /** A disk of {@code size} bytes, a multiple of {@link #SECTOR_BYTES}. */
    public MemoryStore(long size) {
        super("in memory", text -> {});
        if (size <= 0 || size % SECTOR_BYTES != 0) {
            throw new IllegalArgumentException("a disk is one or more sectors of 512 bytes, not " + size + " bytes");
        }
        this.size = size;
        this.chunks = new byte[Math.toIntExact((size + CHUNK_BYTES - 1) / CHUNK_BYTES)][];
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
    void read(long offset, ByteBuffer data) {
        long at = offset;
        while (data.hasRemaining()) {
            int within = (int) (at % CHUNK_BYTES);
            int count = Math.min(data.remaining(), CHUNK_BYTES - within);
            byte[] chunk = chunks[(int) (at / CHUNK_BYTES)];
            if (chunk != null) {
                data.put(chunk, within, count);
            } else {
                data.put(ZEROS, 0, count);
            }
            at += count;
        }
    }

    @Override
    void write(long offset, ByteBuffer data) {
        long at = offset;
        while (data.hasRemaining()) {
            int within = (int) (at % CHUNK_BYTES);
            int count = Math.min(data.remaining(), CHUNK_BYTES - within);
            data.get(chunk((int) (at / CHUNK_BYTES)), within, count);
            at += count;
        }
    }

    private byte[] chunk(int number) {
        byte[] chunk = chunks[number];
        if (chunk == null) {
            chunk = new byte[CHUNK_BYTES];
            chunks[number] = chunk;
        }
        return chunk;
    }

    @Override
    void flush() {
        // Memory is as durable as it gets.
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
