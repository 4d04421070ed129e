package org.shyperlab.emulator.device.storage;

import java.nio.ByteBuffer;

/** A request that a test makes. */
final class StoreRequest implements BlockRequest {
    final byte[] bytes;
    boolean done;
    boolean success;
    private final Operation operation;
    private final long offset;
    private final ByteBuffer data;

    private StoreRequest(Operation operation, long offset, byte[] bytes) {
        this.operation = operation;
        this.offset = offset;
        this.bytes = bytes;
        this.data = ByteBuffer.wrap(bytes);
    }

    /** Makes a request of a store that does it at once. */
    static StoreRequest submit(BlockStore store, Operation operation, long offset, byte[] bytes) {
        StoreRequest request = new StoreRequest(operation, offset, bytes);
        store.submit(request);
        if (!request.done) {
            throw new IllegalStateException("the store did not do it at once");
        }
        return request;
    }

    static void write(BlockStore store, long offset, byte[] bytes) {
        require(submit(store, Operation.WRITE, offset, bytes));
    }

    static byte[] read(BlockStore store, long offset, int length) {
        return require(submit(store, Operation.READ, offset, new byte[length])).bytes;
    }

    static void flush(BlockStore store) {
        require(submit(store, Operation.FLUSH, 0, new byte[0]));
    }

    private static StoreRequest require(StoreRequest request) {
        if (!request.success) {
            throw new IllegalStateException(request.operation + " failed");
        }
        return request;
    }

    @Override
    public Operation operation() {
        return operation;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public ByteBuffer data() {
        return data;
    }

    @Override
    public void done(boolean how) {
        if (done) {
            throw new IllegalStateException("done twice");
        }
        done = true;
        success = how;
    }
}
