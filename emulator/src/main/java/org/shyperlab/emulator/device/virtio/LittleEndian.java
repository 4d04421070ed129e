package org.shyperlab.emulator.device.virtio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in byte arrays, least significant byte first, as all of virtio has them (Virtio 1.4). */
final class LittleEndian {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    static int u16(byte[] bytes, int offset) {
        return (short) SHORTS.get(bytes, offset) & 0xffff;
    }

    static int i32(byte[] bytes, int offset) {
        return (int) INTS.get(bytes, offset);
    }

    static long i64(byte[] bytes, int offset) {
        return (long) LONGS.get(bytes, offset);
    }

    static void put16(byte[] bytes, int offset, int value) {
        SHORTS.set(bytes, offset, (short) value);
    }

    static void put32(byte[] bytes, int offset, int value) {
        INTS.set(bytes, offset, value);
    }

    static void put64(byte[] bytes, int offset, long value) {
        LONGS.set(bytes, offset, value);
    }
}
