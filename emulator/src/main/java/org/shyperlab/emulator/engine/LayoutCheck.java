package org.shyperlab.emulator.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that instances of one architecture have their fields where our constants say, once per process, by values that are put into
 * registers and looked for in memory. Reads through {@code /proc/self/mem}, where a wrong pointer is an error and not a crash.
 */
abstract class LayoutCheck {
    private static final int SENTINELS = 8;

    private final String architecture;
    private final int firstRegister;
    private final int firstInEnv;
    private @Nullable EngineLocation verified;

    /**
     * A check that was not made yet.
     *
     * @param architecture its name in messages
     * @param firstRegister Unicorn's number of the first of eight general registers
     * @param firstInEnv that register's offset in env
     */
    LayoutCheck(String architecture, int firstRegister, int firstInEnv) {
        this.architecture = architecture;
        this.firstRegister = firstRegister;
        this.firstInEnv = firstInEnv;
    }

    /**
     * Builds a fresh instance's core, and finds its CPUState and env. Its registers are zero after that.
     *
     * @throws org.shyperlab.emulator.core.NativeLibraryException when something is not where 2.1.1 has it
     */
    final synchronized EngineLocation of(Engine engine) {
        engine.publicRegister(firstRegister, 0); // the first access builds the core
        if (verified == null) {
            long[] sentinels = new long[SENTINELS];
            for (int i = 0; i < SENTINELS; i++) {
                sentinels[i] = 0x5e47_1941_00c0_ffeeL * (i + 3) + firstInEnv + i;
                engine.publicRegister(firstRegister + i, sentinels[i]);
            }
            verified = verify(engine.uc, sentinels);
            for (int i = 0; i < SENTINELS; i++) {
                engine.publicRegister(firstRegister + i, 0);
            }
        }
        return verified;
    }

    private EngineLocation verify(long uc, long[] sentinels) {
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            EngineLocation location = EngineLocation.find(memory, uc, sentinels, firstInEnv, architecture);
            ByteBuffer engine = EngineLocation.engineStructure(memory, uc);
            if (engine.get(UcLayout.NO_EXIT_REQUEST) != 0) {
                throw Unicorn.differs("the exit request field is not at offset " + UcLayout.NO_EXIT_REQUEST);
            }
            verifyOwn(memory, engine, engine.getLong(location.cpuInUc()) + location.envInCpu());
            return location;
        } catch (IOException e) {
            throw Unicorn.differs(
                    "/proc/self/mem, through which it is verified, cannot be read (" + e.getMessage() + ")");
        }
    }

    /**
     * Verifies what the architecture's own constants say.
     *
     * @param engine the beginning of the uc_engine structure
     * @param env where env is
     */
    abstract void verifyOwn(RandomAccessFile memory, ByteBuffer engine, long env);
}
