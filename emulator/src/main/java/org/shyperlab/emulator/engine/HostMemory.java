package org.shyperlab.emulator.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Host memory that backs guest RAM. */
public final class HostMemory {
    private static final long WORTH_HUGE_PAGES = 64 << 20;
    private static final long WORTH_DISCARDING = 64 << 10;
    private static final long PAGE = 4096;

    private HostMemory() {}

    /** Zeroed memory that costs nothing until it is touched; unmapped when {@code arena} closes. */
    public static MemorySegment reserve(Arena arena, long size) {
        MemorySegment memory = NativeMemory.map(arena, size);
        if (size >= WORTH_HUGE_PAGES) {
            NativeMemory.preferHugePages(memory);
        }
        return memory;
    }

    /** Zeroes a part of what {@link #reserve} gave. What is large goes back to the host until it is touched again. */
    public static void zero(MemorySegment part) {
        long first = -part.address() & PAGE - 1;
        long end = part.byteSize() - (part.address() + part.byteSize() & PAGE - 1);
        if (end - first < WORTH_DISCARDING || !NativeMemory.discard(part.asSlice(first, end - first))) {
            part.fill((byte) 0);
            return;
        }
        part.asSlice(0, first).fill((byte) 0);
        part.asSlice(end).fill((byte) 0);
    }
}
