package org.shyperlab.emulator.engine;

import java.lang.invoke.MethodHandles;

/** The Java twins of {@link MachineCode}: identical results, only slower. For hosts without stubs, and what the stubs are held against. */
final class A64Hooks {
    private static final int FETCH_ABORT_LOWER = 0x20;

    static final long BLOCK = Upcalls.stub(MethodHandles.lookup(), "block");
    static final long EXCEPTION = Upcalls.stub(MethodHandles.lookup(), "exception");
    static final long COUNTER = Upcalls.stub(MethodHandles.lookup(), "counter");

    private A64Hooks() {}

    /** UC_HOOK_BLOCK: (uc, address, size, core block). */
    static long block(long uc, long address, long size, long block, long unused) {
        long now = NativeMemory.getLong(block + CoreBlock.NOW) + NativeMemory.getLong(block + CoreBlock.RUNNING);
        NativeMemory.putLong(block + CoreBlock.NOW, now);
        NativeMemory.putLong(block + CoreBlock.BLOCK_ADDRESS, address);
        NativeMemory.putLong(block + CoreBlock.RUNNING, (size & 0xffff_ffffL) >>> 2);
        if (Long.compareUnsigned(now, NativeMemory.getLong(block + CoreBlock.LIMIT)) >= 0) {
            Upcalls.ofBlock(block).slowPath();
        }
        return 0;
    }

    /** UC_HOOK_INTR: (uc, number, core block). */
    static long exception(long uc, long number, long block, long unused, long unused2) {
        long env = NativeMemory.getLong(block + CoreBlock.ENV);
        int exceptionClass = NativeMemory.getInt(env + A64Layout.EXCEPTION_SYNDROME) >>> 26;
        boolean fetchAbort = (exceptionClass & ~3) == FETCH_ABORT_LOWER; // and PC alignment faults
        long whole = NativeMemory.getLong(block + CoreBlock.RUNNING);
        long before =
                NativeMemory.getLong(env + A64Layout.PC) - NativeMemory.getLong(block + CoreBlock.BLOCK_ADDRESS) >>> 2;
        long executed = fetchAbort || before > whole ? whole : before;
        NativeMemory.putLong(block + CoreBlock.NOW, NativeMemory.getLong(block + CoreBlock.NOW) + executed);
        NativeMemory.putLong(block + CoreBlock.RUNNING, 0);
        A64Engine engine = (A64Engine) Upcalls.ofBlock(block);
        if (!fetchAbort && NativeMemory.getInt(env + A64Layout.EXCEPTION_TARGET) == 1) {
            NativeMemory.putLong(
                    block + CoreBlock.GUEST_EXCEPTIONS, NativeMemory.getLong(block + CoreBlock.GUEST_EXCEPTIONS) + 1);
            engine.advance(1); // a vector whose first instruction faults must not hold time still
            engine.enterEl1();
        } else {
            engine.exception();
        }
        return 0;
    }

    /** ARMCPRegInfo.readfn of the counters: (env, register info). */
    static long counter(long env, long info, long unused, long unused2, long unused3) {
        long counterBlock = NativeMemory.getLong(info + A64Layout.REGISTER_OPAQUE);
        long block = NativeMemory.getLong(counterBlock + CoreBlock.COUNTER_CORE);
        return Engine.count(block) - NativeMemory.getLong(counterBlock + CoreBlock.COUNTER_OFFSET);
    }
}
