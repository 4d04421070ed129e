package org.shyperlab.emulator.device.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The first 4 KiB of an overlay file: which base it lies over. Everything is little-endian; what is not named is zero.
 *
 * <pre>
 *  0  8 bytes  "SHYPCOW1"
 *  8  u64      size of the base in bytes
 * 16  u32      CRC-32C of the base's first mebibyte (of all of it when it is smaller)
 * 20  u32      CRC-32C of bytes 0 to 19
 * </pre>
 *
 * @param baseSize size of the base in bytes
 * @param baseCheck CRC-32C of the base's first mebibyte
 */
record OverlayHeader(long baseSize, int baseCheck) {
    /** Bytes that the header takes in the file. */
    static final int BYTES = 4096;

    private static final long MAGIC = 0x3157_4f43_5059_4853L;
    private static final int CHECKED_BYTES = 20;
    private static final int SAMPLE_BYTES = 1 << 20;

    /** The header of an overlay over {@code base} as it is now. */
    static OverlayHeader of(HostFile base, long size) throws IOException {
        ByteBuffer sample = ByteBuffer.allocate((int) Math.min(size, SAMPLE_BYTES));
        base.read(0, sample);
        return new OverlayHeader(size, check(sample.array(), sample.capacity()));
    }

    /** The header's bytes. */
    ByteBuffer bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC).putLong(baseSize).putInt(baseCheck);
        return bytes.putInt(check(bytes.array(), CHECKED_BYTES)).rewind();
    }

    /** Whether {@code found} is what a power cut may have left of this header before it was durable: some of its bytes, and zeros. */
    boolean isBegunIn(ByteBuffer found) {
        byte[] whole = bytes().array();
        boolean complete = true;
        for (int i = 0; i < BYTES; i++) {
            byte there = found.get(i);
            if (there != 0 && there != whole[i]) {
                return false;
            }
            complete &= there == whole[i];
        }
        return !complete;
    }

    /**
     * Makes sure that the header in {@code found} is this one.
     *
     * @throws StorageException when it is no overlay, a damaged one, or one over another base
     */
    void require(ByteBuffer found, Path overlay, Path base) {
        ByteBuffer bytes = found.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getLong(0) != MAGIC) {
            throw new StorageException("%s is not an overlay: it does not begin with SHYPCOW1.".formatted(overlay));
        }
        if (bytes.getInt(CHECKED_BYTES) != check(bytes.array(), CHECKED_BYTES)) {
            throw new StorageException(
                    "The overlay %s is damaged: the checksum of its header is wrong.".formatted(overlay));
        }
        if (bytes.getLong(8) != baseSize) {
            throw new StorageException("The overlay %s is over a base of %d bytes; %s has %d."
                    .formatted(overlay, bytes.getLong(8), base, baseSize));
        }
        if (bytes.getInt(16) != baseCheck) {
            throw new StorageException(
                    "The overlay %s cannot be used any more: %s was changed after the overlay was made."
                            .formatted(overlay, base));
        }
    }

    private static int check(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
