package org.shyperlab.emulator.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Host memory that backs guest RAM. */
public final class HostMemory {
    private HostMemory() {}

    /** Zeroed memory that costs nothing until it is touched; unmapped when {@code arena} closes. */
    public static MemorySegment reserve(Arena arena, long size) {
        return NativeMemory.map(arena, size);
    }
}
