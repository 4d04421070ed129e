package org.shyperlab.emulator.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Puts our own version of one of the library's functions in its place. The library calls itself through its global offset table, where
 * the function's slot is known for the build that Debian ships for x86-64 and verified by what it holds. Another build keeps its own
 * function: same results, only slower.
 */
final class LibraryTwin {
    private static final long HOST_PAGE = 4096;

    private LibraryTwin() {}

    /**
     * Replaces a function, once per process, before the first core runs.
     *
     * @param function its address
     * @param slotFromFunction distance of its slot in libunicorn2t64 2.1.1-2 for amd64
     * @param listing x86-64 code, as {@link Listings} has it
     * @return whether the twin is in place; if not, the library keeps its own
     */
    static boolean replace(long function, long slotFromFunction, String listing) {
        if (!"amd64".equals(System.getProperty("os.arch"))) {
            return false;
        }
        long slot = function + slotFromFunction;
        if (!NativeMemory.isLibrarySlot(slot, function)) {
            return false;
        }
        long twin = place(Listings.bytes(listing));
        if (twin == 0 || !NativeMemory.protect(slot & -HOST_PAGE, HOST_PAGE, true)) {
            return false;
        }
        NativeMemory.putLong(slot, twin);
        return NativeMemory.protect(slot & -HOST_PAGE, HOST_PAGE, false);
    }

    /** Executable memory with this code; 0 when the host forbids it. */
    static long place(byte[] code) {
        MemorySegment page = NativeMemory.map(Arena.global(), HOST_PAGE);
        MemorySegment.copy(code, 0, page, ValueLayout.JAVA_BYTE, 0, code.length);
        return NativeMemory.makeExecutable(page) ? page.address() : 0;
    }
}
