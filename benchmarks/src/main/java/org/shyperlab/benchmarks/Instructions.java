package org.shyperlab.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Changes single instructions of an AArch64 image. */
final class Instructions {
    private Instructions() {}

    /** Replaces the only {@code old} in the image by {@code replacement}. */
    static void replace(byte[] image, int old, int replacement) {
        ByteBuffer words = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        int found = -1;
        for (int at = 0; at + 4 <= image.length; at += 4) {
            if (words.getInt(at) == old) {
                if (found >= 0) {
                    throw new IllegalStateException("instruction 0x%08x is in the image twice".formatted(old));
                }
                found = at;
            }
        }
        if (found < 0) {
            throw new IllegalStateException("instruction 0x%08x is not in the image".formatted(old));
        }
        words.putInt(found, replacement);
    }
}
