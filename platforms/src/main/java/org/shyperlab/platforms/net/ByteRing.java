package org.shyperlab.platforms.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** Bytes of a stream between the guest and a host's channel. */
final class ByteRing {
    private final byte[] bytes;
    private final ByteBuffer window;
    private int head;
    private int size;

    /** An empty ring. */
    ByteRing(int capacity) {
        bytes = new byte[capacity];
        window = ByteBuffer.wrap(bytes);
    }

    int size() {
        return size;
    }

    int free() {
        return bytes.length - size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Puts bytes at the end; there must be so much free. */
    void put(byte[] from, int offset, int length) {
        int tail = (head + size) % bytes.length;
        int first = Math.min(length, bytes.length - tail);
        System.arraycopy(from, offset, bytes, tail, first);
        System.arraycopy(from, offset + first, bytes, 0, length - first);
        size += length;
    }

    /** Copies bytes from {@code skipped} after the beginning on; so many must be there. */
    void copy(int skipped, byte[] to, int offset, int length) {
        int from = (head + skipped) % bytes.length;
        int first = Math.min(length, bytes.length - from);
        System.arraycopy(bytes, from, to, offset, first);
        System.arraycopy(bytes, 0, to, offset + first, length - first);
    }

    /** Takes bytes from the beginning; so many must be there. */
    void skip(int length) {
        head = (head + length) % bytes.length;
        size -= length;
    }

    /** Fills the ring with what the channel has now; false when the channel has ended. */
    boolean readFrom(ReadableByteChannel channel) throws IOException {
        while (free() > 0) {
            int tail = (head + size) % bytes.length;
            window.limit(Math.min(bytes.length, tail + free())).position(tail);
            int read = channel.read(window);
            if (read <= 0) {
                return read == 0;
            }
            size += read;
        }
        return true;
    }

    /** Gives the channel what it takes now. */
    void writeTo(WritableByteChannel channel) throws IOException {
        while (size > 0) {
            window.limit(Math.min(bytes.length, head + size)).position(head);
            int written = channel.write(window);
            if (written == 0) {
                return;
            }
            skip(written);
        }
    }
}
