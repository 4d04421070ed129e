package org.shyperlab.emulator.device.virtio;

import java.nio.ByteBuffer;
import org.shyperlab.emulator.device.storage.BlockRequest;
import org.shyperlab.emulator.device.storage.BlockStore;

/**
 * One request of a block device's driver on its way through the store (Virtio 5.2.6): 16 bytes of header, data, one byte of status. The
 * object is used for one request after another.
 */
final class BlockTask implements BlockRequest {
    private static final int HEADER_BYTES = 16;
    private static final int SMALL_BUFFER_BYTES = 4096;

    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int FLUSH = 4;
    private static final int GET_ID = 8;

    private static final byte OK = 0;
    private static final byte IOERR = 1;
    private static final byte UNSUPP = 2;

    private final VirtioBlock device;
    private final Virtqueue ring;
    private final BlockStore store;
    private final DescriptorChain chain;
    private final byte[] small = new byte[HEADER_BYTES];
    private ByteBuffer data = ByteBuffer.allocate(SMALL_BUFFER_BYTES);
    private Operation operation = Operation.FLUSH;
    private long offset;
    private int bytes;

    BlockTask(VirtioBlock device, Virtqueue ring, BlockStore store) {
        this.device = device;
        this.ring = ring;
        this.store = store;
        this.chain = new DescriptorChain(ring);
    }

    DescriptorChain chain() {
        return chain;
    }

    /** The request in {@link #chain} begins. */
    void begin() {
        bytes = 0;
        if (chain.readableBytes() < HEADER_BYTES || chain.writableBytes() == 0) {
            ring.fail(
                    "the request at descriptor %d has %d bytes to read and %d to write, and begins with 16 and ends with 1 (Virtio 5.2.6)",
                    chain.head(), chain.readableBytes(), chain.writableBytes());
            device.finished(this, 0);
            return;
        }
        if (!chain.read(0, small, 0, HEADER_BYTES)) {
            device.finished(this, 0);
            return;
        }
        long sector = LittleEndian.i64(small, 8);
        switch (LittleEndian.i32(small, 0)) {
            case IN -> transfer(Operation.READ, sector, chain.writableBytes() - 1);
            case OUT -> transfer(Operation.WRITE, sector, chain.readableBytes() - HEADER_BYTES);
            case FLUSH -> submit(Operation.FLUSH);
            case GET_ID -> identify();
            default -> finish(UNSUPP, 0);
        }
    }

    private void transfer(Operation wanted, long sector, long length) {
        boolean possible = length % BlockStore.SECTOR_BYTES == 0
                && length <= (long) VirtioBlock.PIECES * VirtioBlock.PIECE_BYTES
                && sector >= 0
                && sector <= device.sectors() - length / BlockStore.SECTOR_BYTES
                && !(wanted == Operation.WRITE && store.isReadOnly());
        if (!possible) {
            finish(IOERR, 0);
            return;
        }
        bytes = (int) length;
        offset = device.offset(sector);
        if (data.capacity() < bytes) {
            resize(Integer.highestOneBit(bytes - 1) << 1);
        }
        data.clear().limit(bytes);
        if (wanted == Operation.WRITE && !chain.read(HEADER_BYTES, data.array(), 0, bytes)) {
            device.finished(this, 0);
            return;
        }
        device.submitted(bytes);
        submit(wanted);
    }

    private void resize(int capacity) {
        device.buffersGrew(capacity - data.capacity());
        data = ByteBuffer.allocate(capacity);
    }

    /** Gives most of its memory back; the task is idle. */
    void shrink() {
        if (data.capacity() > SMALL_BUFFER_BYTES) {
            resize(SMALL_BUFFER_BYTES);
        }
    }

    private void submit(Operation wanted) {
        operation = wanted;
        store.submit(this);
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
    public void done(boolean success) {
        if (!success) {
            finish(IOERR, 0);
        } else if (operation == Operation.WRITE && !device.driverFlushes()) {
            submit(Operation.FLUSH);
        } else if (operation == Operation.READ) {
            if (chain.isStale() || chain.write(0, data.array(), 0, bytes)) {
                finish(OK, bytes);
            } else {
                device.finished(this, bytes);
            }
        } else {
            finish(OK, 0);
        }
    }

    private void identify() {
        int count = (int) Math.min(chain.writableBytes() - 1, VirtioBlock.ID_BYTES);
        if (chain.write(0, device.identification(), 0, count)) {
            finish(OK, count);
        } else {
            device.finished(this, 0);
        }
    }

    /** Writes the status, the last byte of the buffer, and gives it back; {@code written} bytes of data are in it. */
    private void finish(byte status, int written) {
        small[0] = status;
        long last = chain.writableBytes() - 1;
        if (!chain.isStale() && chain.write(last, small, 0, 1)) {
            // Bytes between the data and the status were not written: then the status does not count (2.7.8.2).
            ring.complete(chain, written == last ? written + 1 : written);
        }
        device.finished(this, bytes);
    }
}
