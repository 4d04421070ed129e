package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.emulator.device.virtio.DriverRing.Piece;
import org.shyperlab.emulator.device.virtio.DriverRing.Used;

/** A driver of a block device: requests and what came of them. */
final class DiskDriver {
    static final int IN = 0;
    static final int OUT = 1;
    static final int FLUSH = 4;
    static final int GET_ID = 8;

    static final int OK = 0;
    static final int IOERR = 1;
    static final int UNSUPP = 2;
    /** What a status byte holds before the device writes it. */
    static final int NONE = 0xee;

    final VirtioBlock block;
    final ReferenceDriver driver;
    final DriverMemory memory;
    DriverRing ring;

    /** A request whose buffer was made available. */
    record Request(int head, long data, int length, long status) {}

    DiskDriver(BlockStore store, long without, int size) {
        block = new VirtioBlock("disk", "serial-1", store);
        driver = new ReferenceDriver(block);
        memory = driver.memory;
        ring = driver.start(without, size, 1)[0];
    }

    DiskDriver(BlockStore store) {
        this(store, 0, 16);
    }

    private long header(int type, long sector) {
        return memory.put(ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(0)
                .putLong(sector)
                .array());
    }

    private long status() {
        return memory.put(new byte[] {(byte) NONE});
    }

    Request submit(int type, long sector, byte[] data) {
        long header = header(type, sector);
        long bytes = memory.put(data);
        long status = status();
        Piece[] pieces = {Piece.read(header, 16), new Piece(bytes, data.length, type != OUT), Piece.write(status, 1)};
        int head = data.length == 0 ? ring.add(pieces[0], pieces[2]) : ring.addIndirect(pieces);
        ring.kick();
        return new Request(head, bytes, data.length, status);
    }

    int statusOf(Request request) {
        return memory.get(request.status(), 1)[0] & 0xff;
    }

    byte[] dataOf(Request request) {
        return memory.get(request.data(), request.length());
    }

    /** The next used buffer is that of {@code request}, with this status. */
    void expect(Request request, int status, int written) {
        assertThat(ring.poll()).isEqualTo(new Used(request.head(), written));
        assertThat(statusOf(request)).isEqualTo(status);
    }

    byte[] read(long sector, int bytes) {
        Request request = submit(IN, sector, new byte[bytes]);
        expect(request, OK, bytes + 1);
        return dataOf(request);
    }

    void write(long sector, byte[] data) {
        expect(submit(OUT, sector, data), OK, 1);
    }

    static byte[] pattern(int bytes, int seed) {
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            data[i] = (byte) (seed * 31 + i * 7 + (i >>> 8));
        }
        return data;
    }
}
