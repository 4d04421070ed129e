package org.shyperlab.emulator.engine;

/**
 * Repairs what the library forgets when a core's buffer for translated code is full for the first time: it starts again at the
 * buffer's beginning without forgetting the code that it overwrites, and the process crashes. Its record of the buffer says "no region
 * in use", although the first and only one is; with "one in use" it flushes as it should.
 */
final class CodeBuffer {
    // The record's words: start, aligned start, end, number of regions, size, stride, regions in use, bytes in full
    // ones.
    private static final int END = 16;
    private static final int REGIONS = 24;
    private static final int SIZE = 32;
    private static final int STRIDE = 40;
    private static final int IN_USE = 48;
    private static final int FULL = 56;

    /** Where in the translator's state the record may be; the offset depends on the host's registers. */
    private static final int SEARCH_FROM = 0x8000;

    private static final int SEARCH_TO = 0xb000;

    private CodeBuffer() {}

    /** Marks the buffer of this instance, which has translated nothing yet, as in use. */
    static void repair(long uc) {
        long translator = NativeMemory.getLong(uc + UcLayout.TRANSLATOR);
        for (long at = translator + SEARCH_FROM; at < translator + SEARCH_TO; at += 8) {
            if (isRecord(at)) {
                NativeMemory.putLong(at + IN_USE, 1);
                return;
            }
        }
        throw Unicorn.differs("its record of the buffer for translated code was not found");
    }

    private static boolean isRecord(long at) {
        long start = NativeMemory.getLong(at);
        long aligned = NativeMemory.getLong(at + 8);
        long end = NativeMemory.getLong(at + END);
        long size = NativeMemory.getLong(at + SIZE);
        long guardPage = NativeMemory.getLong(at + STRIDE) - size;
        return start != 0
                && start <= aligned
                && NativeMemory.getLong(at + REGIONS) == 1
                && NativeMemory.getLong(at + IN_USE) == 0
                && NativeMemory.getLong(at + FULL) == 0
                && guardPage >= 4096
                && Long.bitCount(guardPage) == 1
                && end >= aligned + size
                && end - start < Engine.CODE_BUFFER_BYTES;
    }
}
