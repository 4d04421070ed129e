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
                throw Unicorn.differs("the page size did not follow what was put at offset " + UcLayout.TARGET_PAGE_BITS);
            }
            if (engine.get(UcLayout.NO_EXIT_REQUEST) != 0) {
                throw Unicorn.differs("the exit request field is not at offset " + UcLayout.NO_EXIT_REQUEST);
            }
            return location;
        } catch (IOException e) {
            throw Unicorn.differs("/proc/self/mem, through which it is verified, cannot be read (" + e.getMessage() + ")");
        }
    }
}
