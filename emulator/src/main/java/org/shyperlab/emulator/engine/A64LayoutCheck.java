package org.shyperlab.emulator.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;

/** Verifies {@link A64Layout} against a fresh AArch64 instance, once per process. */
final class A64LayoutCheck {
    private A64LayoutCheck() {}

    /**
     * Finds CPUState and CPUARMState of {@code uc}, whose X0..X7 hold {@code sentinels}.
     *
     * @throws org.shyperlab.emulator.core.NativeLibraryException when they are not where 2.1.1 has them
     */
    static EngineLocation of(long uc, long[] sentinels) {
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            EngineLocation location = EngineLocation.find(memory, uc, sentinels, A64Layout.X, "AArch64");
            ByteBuffer engine = EngineLocation.engineStructure(memory, uc);
            ByteBuffer page = EngineLocation.read(memory, engine.getLong(UcLayout.INIT_TARGET_PAGE), 8);
            if (page == null || page.getInt(4) != UcLayout.PAGE_BITS_4K) {
                throw Unicorn.differs(
                        "the page size did not follow what was put at offset " + UcLayout.TARGET_PAGE_BITS);
            }
            if (engine.get(UcLayout.NO_EXIT_REQUEST) != 0) {
                throw Unicorn.differs("the exit request field is not at offset " + UcLayout.NO_EXIT_REQUEST);
            }
            long env = NativeMemory.getLong(uc + location.cpuInUc()) + location.envInCpu();
            requireOneFunction(memory, env + A64Layout.BEFORE_LEVEL_CHANGE, Unicorn.PMU_BEFORE_LEVEL_CHANGE);
            requireOneFunction(memory, env + A64Layout.AFTER_LEVEL_CHANGE, Unicorn.PMU_AFTER_LEVEL_CHANGE);
            return location;
        } catch (IOException e) {
            throw Unicorn.differs(
                    "/proc/self/mem, through which it is verified, cannot be read (" + e.getMessage() + ")");
        }
    }

    /** The list at {@code head} holds this function and no other. */
    private static void requireOneFunction(RandomAccessFile memory, long head, long function) {
        ByteBuffer first = EngineLocation.read(memory, head, 8);
        ByteBuffer entry = first == null ? null : EngineLocation.read(memory, first.getLong(0), 24);
        if (entry == null || entry.getLong(0) != function || entry.getLong(16) != 0) {
            throw Unicorn.differs(
                    "the performance monitor does not hang at changes of the exception level as it should");
        }
    }
}
