package org.shyperlab.emulator.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The process's memory by raw address, for the engine's own structures, and anonymous mappings. */
final class NativeMemory {
    private static final MemorySegment ALL = MemorySegment.ofAddress(0).reinterpret(Long.MAX_VALUE);
    private static final int PROT_READ_WRITE = 3;
    private static final int PROT_READ_EXECUTE = 5;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;

    private NativeMemory() {}

    static long getLong(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    static void putLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    static int getInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    static void putInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    static void putShort(long address, short value) {
        ALL.set(JAVA_SHORT_UNALIGNED, address, value);
    }

    static byte getByte(long address) {
        return ALL.get(JAVA_BYTE, address);
    }

    static void putByte(long address, byte value) {
        ALL.set(JAVA_BYTE, address, value);
    }

    /**
     * Maps {@code size} bytes of zeroed memory that the host backs page by page when it is touched, and unmaps it when the arena closes.
     *
     * @throws OutOfMemoryError when the host refuses
     */
    static MemorySegment map(Arena arena, long size) {
        try {
            long address = (long) C.MMAP.invokeExact(
                    0L, size, (long) PROT_READ_WRITE, (long) MAP_PRIVATE_ANONYMOUS_NORESERVE, -1L, 0L);
            if (address == -1) {
                throw new OutOfMemoryError("the host has no room to map " + size + " bytes");
            }
            return MemorySegment.ofAddress(address).reinterpret(size, arena, mapping -> unmap(address, size));
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Asks the host for huge pages where it can: fewer page faults, and fewer misses in its TLB. A hint; refusal does not matter. */
    static void preferHugePages(MemorySegment mapping) {
        try {
            long ignored = (long)
                    C.MADVISE.invokeExact(mapping.address(), mapping.byteSize(), (long) MADV_HUGEPAGE, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Gives whole pages of a mapping of {@link #map} back to the host: they read as zero from then on. False when it refuses. */
    static boolean discard(MemorySegment pages) {
        try {
            return (int) (long)
                            C.MADVISE.invokeExact(pages.address(), pages.byteSize(), (long) MADV_DONTNEED, 0L, 0L, 0L)
                    == 0;
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    private static void unmap(long address, long size) {
        try {
            long ignored = (long) C.MUNMAP.invokeExact(address, size, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Makes a mapping of {@link #map} executable and read-only; false when the host forbids it. */
    static boolean makeExecutable(MemorySegment mapping) {
        try {
            return (int) (long) C.MPROTECT.invokeExact(
                            mapping.address(), mapping.byteSize(), (long) PROT_READ_EXECUTE, 0L, 0L, 0L)
                    == 0;
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Makes pages of the library's relocated data writable, or read-only again. */
    static boolean protect(long address, long size, boolean writable) {
        try {
            return (int) (long)
                            C.MPROTECT.invokeExact(address, size, writable ? (long) PROT_READ_WRITE : 1L, 0L, 0L, 0L)
                    == 0;
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Whether {@code slot} is mapped and holds {@code content}; never faults. */
    static boolean isLibrarySlot(long slot, long content) {
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            memory.seek(slot);
            return Long.reverseBytes(memory.readLong()) == content;
        } catch (IOException e) {
            return false; // not mapped: another build of the library
        }
    }

    /** The C library's mapping calls; all with six words, as every handle of the engine, to share one linker shape. */
    private static final class C {
        static final MethodHandle MMAP = handle("mmap");
        static final MethodHandle MADVISE = handle("madvise");
        static final MethodHandle MUNMAP = handle("munmap");
        static final MethodHandle MPROTECT = handle("mprotect");

        private static MethodHandle handle(String name) {
            FunctionDescriptor shape = FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG);
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), shape);
        }
    }
}
