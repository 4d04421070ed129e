package org.shyperlab.hypervisor.hypercall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.shyperlab.hypervisor.memory.GuestRam;

/** Reads what arguments of hypercalls point to, after {@link ArgumentChecks} has found it in the caller's RAM; little-endian. */
final class GuestArguments {
    private GuestArguments() {}

    /** {@code count} 64-bit words. */
    static long[] words(GuestRam memory, long ipa, int count) {
        long[] words = new long[count];
        bytes(memory, ipa, count * Long.BYTES).asLongBuffer().get(words);
        return words;
    }

    /** A name in a buffer of 32 bytes, up to its first zero byte. */
    static String name(GuestRam memory, long ipa) {
        ByteBuffer bytes = bytes(memory, ipa, Argument.NAME_SIZE);
        int length = 0;
        while (length < Argument.NAME_SIZE && bytes.get(length) != 0) {
            length++;
        }
        return new String(bytes.array(), 0, length, StandardCharsets.UTF_8);
    }

    /** A text of {@code length} bytes. */
    static String text(GuestRam memory, long ipa, int length) {
        return new String(bytes(memory, ipa, length).array(), StandardCharsets.UTF_8);
    }

    private static ByteBuffer bytes(GuestRam memory, long ipa, int length) {
        byte[] bytes = new byte[length];
        if (!memory.read(ipa, bytes)) {
            throw new IllegalStateException("0x%x + 0x%x was checked to be RAM of the caller".formatted(ipa, length));
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
