package org.shyperlab.emulator.device.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which clusters an overlay file holds: one bit each, lowest bit of the first byte first, padded with zeros to 4 KiB. A bit in the
 * file is set only after its cluster is durable there.
 */
final class ClusterMap {
    private static final int WORD_BITS = 64;
    private static final int PAGE = 4096;

    private final long clusters;
    private final long[] words;
    /** The words that differ from the file's: from the first to before the second; equal when none do. */
    private int changedFrom;

    private int changedTo;

    /** An empty map of {@code clusters} clusters. */
    ClusterMap(long clusters) {
        this.clusters = clusters;
        this.words = new long[Math.toIntExact((clusters + WORD_BITS - 1) / WORD_BITS)];
        unchanged();
    }

    private void unchanged() {
        changedFrom = words.length;
        changedTo = 0;
    }

    /** Bytes that it takes in the file. */
    long fileBytes() {
        return ((long) words.length * Long.BYTES + PAGE - 1) / PAGE * PAGE;
    }

    boolean has(long cluster) {
        return (words[(int) (cluster / WORD_BITS)] >>> cluster % WORD_BITS & 1) != 0;
    }

    void add(long cluster) {
        if (has(cluster)) {
            return;
        }
        int word = (int) (cluster / WORD_BITS);
        words[word] |= 1L << cluster % WORD_BITS;
        changedFrom = Math.min(changedFrom, word);
        changedTo = Math.max(changedTo, word + 1);
    }

    /** One more than the last cluster of the map; 0 when it is empty. */
    long end() {
        for (int word = words.length - 1; word >= 0; word--) {
            if (words[word] != 0) {
                return (long) word * WORD_BITS + WORD_BITS - Long.numberOfLeadingZeros(words[word]);
            }
        }
        return 0;
    }

    boolean isChanged() {
        return changedFrom < changedTo;
    }

    /** Reads the map from {@code file} at {@code position}; what lies beyond the file's end is zero. False when impossible bits are set. */
    boolean read(HostFile file, long position) throws IOException {
        long available = Math.max(0, Math.min(file.size() - position, (long) words.length * Long.BYTES));
        ByteBuffer page = page();
        for (long at = 0; at < available; at += page.limit()) {
            page.clear().limit((int) Math.min(PAGE, available - at));
            file.read(position + at, page);
            byte[] bytes = page.array();
            for (int i = 0; i < page.limit(); i++) {
                long byteIndex = at + i;
                words[(int) (byteIndex / Long.BYTES)] |= (bytes[i] & 0xffL) << byteIndex % Long.BYTES * Byte.SIZE;
            }
        }
        return end() <= clusters;
    }

    /** Writes what changed to {@code file}, whose map begins at {@code position}. */
    void write(HostFile file, long position) throws IOException {
        ByteBuffer page = page();
        int perPage = PAGE / Long.BYTES;
        for (int from = changedFrom; from < changedTo; from += perPage) {
            page.clear();
            for (int word = from; word < Math.min(from + perPage, changedTo); word++) {
                page.putLong(words[word]);
            }
            file.write(position + (long) from * Long.BYTES, page.flip());
        }
        unchanged();
    }

    private static ByteBuffer page() {
        return ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    }
}
