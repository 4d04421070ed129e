package org.shyperlab.emulator.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Where a Unicorn instance of one architecture keeps its CPUState ("cpu") and the guest's registers ("env"), found by looking for
 * values that were put into registers. Offsets in bytes; they hold for every later instance in this process.
 *
 * <p>Reads through {@code /proc/self/mem}, where a wrong pointer is an I/O error and not a crash.
 *
 * @param cpuInUc offset of the pointer to CPUState in the uc_engine structure
 * @param envInCpu offset of env in CPUState
 * @param envPointerInCpu offset of CPUState's own pointer to env
 * @param exceptionIndexInCpu offset of the pending exception's number in CPUState
 */
record EngineLocation(int cpuInUc, int envInCpu, int envPointerInCpu, int exceptionIndexInCpu) {
    private static final int UC_SEARCH = 4096;
    private static final int CPU_SEARCH = 65536;
    private static final int USUAL_CPU_IN_UC = 416;

    /**
     * Searches the structures of {@code uc}.
     *
     * @param sentinels what consecutive registers of the instance hold
     * @param registersInEnv offset of the first of these registers in env
     * @param architecture the architecture's name in the message
     * @throws org.shyperlab.emulator.core.NativeLibraryException when they are not there
     */
    static EngineLocation find(
            RandomAccessFile memory, long uc, long[] sentinels, int registersInEnv, String architecture) {
        EngineLocation found = at(memory, uc, USUAL_CPU_IN_UC, sentinels, registersInEnv);
        for (int offset = 0; found == null && offset < UC_SEARCH; offset += 8) {
            found = at(memory, uc, offset, sentinels, registersInEnv);
        }
        if (found == null) {
            throw Unicorn.differs("the register file of an " + architecture + " core was not found in it");
        }
        return found;
    }

    /** The first 4 KiB of an instance's uc_engine structure. */
    static ByteBuffer engineStructure(RandomAccessFile memory, long uc) {
        ByteBuffer engine = read(memory, uc, UC_SEARCH);
        if (engine == null) {
            throw Unicorn.differs("its engine structure is shorter than " + UC_SEARCH + " bytes");
        }
        return engine;
    }

    private static @Nullable EngineLocation at(
            RandomAccessFile memory, long uc, int cpuInUc, long[] sentinels, int registersInEnv) {
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
                int env = offset - registersInEnv;
                int envPointer = find(bytes, cpu + env, 0, env);
                int back = find(bytes, uc, 20_000, env);
                if (envPointer >= 0 && back >= 0) {
                    return new EngineLocation(cpuInUc, env, envPointer, back - 8);
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

    /** Bytes of this process, or null when they are not mapped: then this is not the pointer that is looked for. */
    static @Nullable ByteBuffer read(RandomAccessFile memory, long address, int length) {
        byte[] bytes = new byte[length];
        try {
            memory.seek(address);
            memory.readFully(bytes);
        } catch (IOException e) {
            return null;
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
