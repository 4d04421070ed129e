package org.shyperlab.emulator.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds the insides of a fresh AArch64 Unicorn instance and verifies {@link A64Layout}.
 *
 * <p>Reads through {@code /proc/self/mem}, where a wrong pointer is an I/O error and not a crash. Done once per process; the result
 * holds for every later instance.
 */
record A64LayoutCheck(int cpuInUc, int envInCpu, int envPointerInCpu, int exceptionIndexInCpu) {
    private static final int UC_SEARCH = 4096;
    private static final int CPU_SEARCH = 65536;
    private static final int USUAL_CPU_IN_UC = 416;

    /**
     * Finds CPUState and CPUARMState of {@code uc}, whose X0..X7 hold {@code sentinels}.
     *
     * @throws org.shyperlab.emulator.core.NativeLibraryException when they are not where 2.1.1 has them
     */
    static A64LayoutCheck of(long uc, long[] sentinels) {
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            A64LayoutCheck usual = at(memory, uc, USUAL_CPU_IN_UC, sentinels);
            for (int offset = 0; usual == null && offset < UC_SEARCH; offset += 8) {
                usual = at(memory, uc, offset, sentinels);
            }
            if (usual == null) {
                throw Unicorn.differs("the register file of an AArch64 core was not found in it");
            }
            ByteBuffer engine = read(memory, uc, UC_SEARCH);
            ByteBuffer page = engine == null ? null : read(memory, engine.getLong(A64Layout.UC_INIT_TARGET_PAGE), 8);
            if (engine == null || page == null || page.getInt(4) != A64Layout.PAGE_BITS) {
                throw Unicorn.differs("the page size did not follow what was put at offset " + A64Layout.UC_TARGET_PAGE_BITS);
            }
            if (engine.get(A64Layout.UC_NO_EXIT_REQUEST) != 0) {
                throw Unicorn.differs("the exit request field is not at offset " + A64Layout.UC_NO_EXIT_REQUEST);
            }
            return usual;
        } catch (IOException e) {
            throw Unicorn.differs("/proc/self/mem, through which it is verified, cannot be read (" + e.getMessage() + ")");
        }
    }

    private static @org.jspecify.annotations.Nullable A64LayoutCheck at(
            RandomAccessFile memory, long uc, int cpuInUc, long[] sentinels) {
        ByteBuffer pointer = read(memory, uc + cpuInUc, 8);
        long cpu = pointer == null ? 0 : pointer.getLong(0);
        if (cpu < 4096 || (cpu & 7) != 0 || cpu >>> 47 != 0) {
            return null;
        }
        ByteBuffer bytes = read(memory, cpu, CPU_SEARCH);
        if (bytes == null) {
            return null;
        }
        for (int offset = 0; offset + 8 * sentinels.length <= CPU_SEARCH; offset += 8) {
            if (holds(bytes, offset, sentinels)) {
                int env = offset - A64Layout.X;
                int envPointer = find(bytes, cpu + env, 0, env);
                int back = find(bytes, uc, 20_000, env);
                if (envPointer >= 0 && back >= 0) {
                    return new A64LayoutCheck(cpuInUc, env, envPointer, back - 8);
                }
            }
        }
        return null;
    }

    private static boolean holds(ByteBuffer bytes, int offset, long[] sentinels) {
        for (int i = 0; i < sentinels.length; i++) {
            if (bytes.getLong(offset + 8 * i) != sentinels[i]) {
                return false;
            }
        }
        return true;
    }

    private static int find(ByteBuffer bytes, long value, int from, int to) {
        for (int offset = from; offset < to; offset += 8) {
            if (bytes.getLong(offset) == value) {
                return offset;
            }
        }
        return -1;
    }

    private static @org.jspecify.annotations.Nullable ByteBuffer read(RandomAccessFile memory, long address, int length) {
        byte[] bytes = new byte[length];
        try {
            memory.seek(address);
            memory.readFully(bytes);
        } catch (IOException e) {
            return null; // not mapped: this is not the pointer that is looked for
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
