package org.shyperlab.emulator.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;

/** Verifies {@link Rv64Layout} against a fresh RV64 instance, once per process. */
final class Rv64LayoutCheck {
    private static final long MISA_RV64 = 2L << 62;
    private static final long MISA_IMAFDC = 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 8 | 1 << 12 | 1 << 18 | 1 << 20;
    private static final long MACHINE_MODE = 3;

    private Rv64LayoutCheck() {}

    /**
     * Finds CPUState and CPURISCVState of {@code uc}, whose x1..x8 hold {@code sentinels}.
     *
     * @throws org.shyperlab.emulator.core.NativeLibraryException when they are not where 2.1.1 has them
     */
    static EngineLocation of(long uc, long[] sentinels) {
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            EngineLocation location = EngineLocation.find(memory, uc, sentinels, Rv64Layout.X + 8, "RV64");
            ByteBuffer engine = EngineLocation.engineStructure(memory, uc);
            if (engine.get(UcLayout.NO_EXIT_REQUEST) != 0) {
                throw Unicorn.differs("the exit request field is not at offset " + UcLayout.NO_EXIT_REQUEST);
            }
            long env = engine.getLong(location.cpuInUc()) + location.envInCpu();
            ByteBuffer state = EngineLocation.read(memory, env, Rv64Layout.DEBUGGER + 8);
            if (state == null
                    || (state.getLong(Rv64Layout.MISA) & MISA_IMAFDC) != MISA_IMAFDC
                    || (state.getLong(Rv64Layout.MISA) & MISA_RV64) == 0
                    || state.getLong(Rv64Layout.PRIVILEGE) != MACHINE_MODE) {
                throw Unicorn.differs("misa and the privilege of an RV64 core are not at their offsets");
            }
            if (state.getLong(Rv64Layout.CORE_BLOCK) != 0 || state.get(Rv64Layout.DEBUGGER) != 0) {
                throw Unicorn.differs("mtohost and the debugger flag of an RV64 core are not at their offsets");
            }
            return location;
        } catch (IOException e) {
            throw Unicorn.differs(
                    "/proc/self/mem, through which it is verified, cannot be read (" + e.getMessage() + ")");
        }
    }
}
