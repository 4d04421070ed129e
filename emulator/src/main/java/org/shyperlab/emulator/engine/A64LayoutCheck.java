package org.shyperlab.emulator.engine;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;

/** Verifies {@link A64Layout} against a fresh AArch64 instance. */
final class A64LayoutCheck extends LayoutCheck {
    /** The one of this process. */
    static final LayoutCheck ONCE = new A64LayoutCheck();

    private A64LayoutCheck() {
        super("AArch64", Unicorn.REG_X0, A64Layout.X);
    }

    @Override
    void verifyOwn(RandomAccessFile memory, ByteBuffer engine, long env) {
        ByteBuffer page = EngineLocation.read(memory, engine.getLong(UcLayout.INIT_TARGET_PAGE), 8);
        if (page == null || page.getInt(4) != UcLayout.PAGE_BITS_4K) {
            throw Unicorn.differs("the page size did not follow what was put at offset " + UcLayout.TARGET_PAGE_BITS);
        }
        requireOneFunction(memory, env + A64Layout.BEFORE_LEVEL_CHANGE, Unicorn.PMU_BEFORE_LEVEL_CHANGE);
        requireOneFunction(memory, env + A64Layout.AFTER_LEVEL_CHANGE, Unicorn.PMU_AFTER_LEVEL_CHANGE);
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
