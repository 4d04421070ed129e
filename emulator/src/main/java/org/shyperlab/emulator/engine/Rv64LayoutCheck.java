package org.shyperlab.emulator.engine;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;

/** Verifies {@link Rv64Layout} against a fresh RV64 instance. */
final class Rv64LayoutCheck extends LayoutCheck {
    /** The one of this process. */
    static final LayoutCheck ONCE = new Rv64LayoutCheck();

    private static final long MISA_RV64 = 2L << 62;
    private static final long MISA_IMAFDC = 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 8 | 1 << 12 | 1 << 18 | 1 << 20;
    private static final long MACHINE_MODE = 3;

    private Rv64LayoutCheck() {
        super("RV64", Unicorn.REG_RISCV_X1, Rv64Layout.X + 8);
    }

    @Override
    void verifyOwn(RandomAccessFile memory, ByteBuffer engine, long env) {
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
    }
}
