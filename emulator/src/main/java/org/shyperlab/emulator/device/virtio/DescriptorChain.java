package org.shyperlab.emulator.device.virtio;

/**
 * One buffer that a driver made available: pieces of its memory that the device reads, then pieces that it writes. How a message is cut
 * into pieces means nothing (Virtio 2.7.4), so both parts are addressed as if they were in one piece.
 *
 * <p>A chain is an object of the device's, filled by {@link Virtqueue#take} again and again. After the ring was reset it is stale:
 * nothing is read or written through it any more.
 */
final class DescriptorChain {
    private final long[] addresses = new long[Virtqueue.MAX_SIZE];
    private final int[] lengths = new int[Virtqueue.MAX_SIZE];
    private final Virtqueue ring;
    private int epoch;
    private int head;
    private int pieces;
    private int readablePieces;
    private long readableBytes;
    private long writableBytes;

    /** A chain for buffers of {@code ring}. */
    DescriptorChain(Virtqueue ring) {
        this.ring = ring;
        this.epoch = ring.epoch() - 1;
    }

    void begin(int newEpoch, int newHead) {
        epoch = newEpoch;
        head = newHead;
        pieces = 0;
        readablePieces = 0;
        readableBytes = 0;
        writableBytes = 0;
    }

    void add(long address, int length, boolean writable) {
        addresses[pieces] = address;
        lengths[pieces] = length;
        pieces++;
        if (writable) {
            writableBytes += Integer.toUnsignedLong(length);
        } else {
            readablePieces = pieces;
            readableBytes += Integer.toUnsignedLong(length);
        }
    }

    boolean isStale() {
        return epoch != ring.epoch();
    }

    int head() {
        return head;
    }

    /** How many pieces it has. */
    int pieces() {
        return pieces;
    }

    boolean hasWritable() {
        return readablePieces < pieces;
    }

    /** How many bytes the device can read. */
    long readableBytes() {
        return readableBytes;
    }

    /** How many bytes the device can write. */
    long writableBytes() {
        return writableBytes;
    }

    /**
     * Copies {@code length} bytes, from byte {@code from} of the readable part on, into {@code target}.
     *
     * @return false when the chain is stale, or a piece is not RAM, which breaks the ring and is reported
     */
    boolean read(long from, byte[] target, int offset, int length) {
        requireInside(from, length, readableBytes);
        return copy(0, from, target, offset, length, false);
    }

    /** Copies {@code length} bytes of {@code source} to byte {@code from} of the writable part on; the result is as of {@link #read}. */
    boolean write(long from, byte[] source, int offset, int length) {
        requireInside(from, length, writableBytes);
        return copy(readablePieces, from, source, offset, length, true);
    }

    private static void requireInside(long from, int length, long size) {
        if (from < 0 || length < 0 || from > size - length) {
            throw new IllegalArgumentException("bytes %d to %d of %d".formatted(from, from + length, size));
        }
    }

    private boolean copy(int firstPiece, long from, byte[] bytes, int offset, int length, boolean write) {
        if (isStale()) {
            return false;
        }
        long skip = from;
        int piece = firstPiece;
        int done = 0;
        while (done < length) {
            long size = Integer.toUnsignedLong(lengths[piece]);
            if (skip < size) {
                int count = (int) Math.min(length - done, size - skip);
                if (!ring.transfer(addresses[piece] + skip, bytes, offset + done, count, write)) {
                    ring.fail(
                            "piece %d of the buffer at descriptor %d, 0x%x and %d bytes, is not all RAM (Virtio 2.7.5)",
                            piece, head, addresses[piece], size);
                    return false;
                }
                done += count;
                skip = 0;
            } else {
                skip -= size;
            }
            piece++;
        }
        return true;
    }
}
