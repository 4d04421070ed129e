package org.shyperlab.emulator.device.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A file whose power is cut at its n-th write or force. Only what was forced before is sure to be there afterwards. */
final class PowerCutFile extends FileChannel {
    private static final int SECTOR = 512;

    private record Write(int offset, byte[] bytes) {}

    private final Random random;
    private byte[] durable;
    private byte[] content;
    private final List<Write> pending = new ArrayList<>();
    private int left;

    /**
     * A file that holds {@code content}, durably.
     *
     * @param operations writes and forces until the cut, which is in the middle of the last one
     */
    PowerCutFile(byte[] content, int operations, Random random) {
        this.durable = content.clone();
        this.content = content.clone();
        this.left = operations;
        this.random = random;
    }

    boolean isCut() {
        return left <= 0;
    }

    /** What is there when the power is back: what was forced, and any sectors, and parts of sectors, of what was written after. */
    byte[] survivor() {
        byte[] now = durable.clone();
        for (Write write : pending) {
            for (int at = 0; at < write.bytes.length; at += SECTOR) {
                int length = Math.min(SECTOR, write.bytes.length - at);
                int fate = random.nextInt(4);
                int kept = fate == 0 ? 0 : fate == 1 ? random.nextInt(length + 1) : length;
                now = put(now, write.offset + at, Arrays.copyOfRange(write.bytes, at, at + kept));
            }
        }
        return now;
    }

    private static byte[] put(byte[] file, int offset, byte[] bytes) {
        if (bytes.length == 0) {
            return file;
        }
        byte[] now = Arrays.copyOf(file, Math.max(file.length, offset + bytes.length));
        System.arraycopy(bytes, 0, now, offset, bytes.length);
        return now;
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        if (isCut()) {
            throw new IOException("no power");
        }
        pending.add(new Write((int) position, bytes));
        content = put(content, (int) position, bytes);
        left--;
        return bytes.length;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        left--;
        if (isCut()) {
            throw new IOException("no power");
        }
        durable = content.clone();
        pending.clear();
    }

    @Override
    public int read(ByteBuffer target, long position) {
        int length = (int) Math.min(target.remaining(), content.length - position);
        if (length < 0) {
            return -1;
        }
        target.put(content, (int) position, length);
        return length;
    }

    @Override
    public long size() {
        return content.length;
    }

    @Override
    protected void implCloseChannel() {
        // The file stays.
    }

    // ---- what no store uses ----

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("no store does that");
    }

    @Override
    public int read(ByteBuffer target) {
        throw unused();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw unused();
    }

    @Override
    public int write(ByteBuffer source) {
        throw unused();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw unused();
    }

    @Override
    public long position() {
        throw unused();
    }

    @Override
    public FileChannel position(long newPosition) {
        throw unused();
    }

    @Override
    public FileChannel truncate(long size) {
        throw unused();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw unused();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw unused();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw unused();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw unused();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw unused();
    }
}
