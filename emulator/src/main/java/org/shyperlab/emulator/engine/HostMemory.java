package org.shyperlab.emulator.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Host memory that backs guest RAM. */
public final class HostMemory {
    private static final long WORTH_HUGE_PAGES = 64 << 20;

    private HostMemory() {}

    /** Zeroed memory that costs nothing until it is touched; unmapped when {@code arena} closes. */
    public static MemorySegment reserve(Arena arena, long size) {
        MemorySegment memory = NativeMemory.map(arena, size);
        if (size >= WORTH_HUGE_PAGES) {
            NativeMemory.preferHugePages(memory);
        }
        return memory;
    }
}
