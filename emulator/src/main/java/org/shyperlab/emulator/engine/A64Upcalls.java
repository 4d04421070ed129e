package org.shyperlab.emulator.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The C function pointers through which Unicorn calls Java. They are made once and live as long as the process; each finds its
 * engine by the number in its user data. All have one shape, five words in and one out.
 *
 * <p>{@link #block}, {@link #exceptionWhole} and {@link #counter} are also the Java twins of {@link MachineCode}: identical results,
 * only slower, for hosts without stubs.
 */
final class A64Upcalls {
    private static final int MAXIMUM_ENGINES = 1 << 16;
    private static final int FETCH_ABORT_LOWER = 0x20;

    static final long SLOW_PATH = stub("slowPath");
    static final long EXCEPTION = stub("exception");
    static final long DEVICE_READ = stub("deviceRead");
    static final long DEVICE_WRITE = stub("deviceWrite");
    static final long REGISTER_READ = stub("registerRead");
    static final long REGISTER_WRITE = stub("registerWrite");

    /** The Java twins of the machine code, linked only where they are used. */
    static final class Twins {
        static final long BLOCK = stub("block");
        static final long EXCEPTION = stub("exceptionWhole");
        static final long COUNTER = stub("counter");

        private Twins() {}
    }

    private static @Nullable A64Engine[] engines = new A64Engine[64];

    private A64Upcalls() {}

    /** Gives an engine its number. Engines of several machines, on several threads, may come and go at once. */
    static synchronized int register(A64Engine engine) {
        for (int i = 0; i < engines.length; i++) {
            if (engines[i] == null) {
                engines[i] = engine;
                return i;
            }
        }
        if (engines.length >= MAXIMUM_ENGINES) {
            throw new IllegalStateException("more than " + MAXIMUM_ENGINES + " cores are open: machines are not closed");
        }
        int number = engines.length;
        engines = Arrays.copyOf(engines, number * 2);
        engines[number] = engine;
        return number;
    }

    static synchronized void release(int number) {
        engines[number] = null;
    }

    private static A64Engine engine(int number) {
        A64Engine engine = engines[number];
        if (engine == null) {
            throw new IllegalStateException("core " + number + " is closed but runs");
        }
        return engine;
    }

    private static A64Engine ofBlock(long coreBlock) {
        return engine(NativeMemory.getInt(coreBlock + CoreBlock.ENGINE));
    }

    /** UC_HOOK_BLOCK's slow path: (uc, address, size, core block). */
    static long slowPath(long uc, long address, long size, long coreBlock, long unused) {
        ofBlock(coreBlock).slowPath();
        return 0;
    }

    /** UC_HOOK_INTR for exceptions to EL2 and for fetch aborts, after the stub has counted: (uc, number, core block). */
    static long exception(long uc, long number, long coreBlock, long unused, long unused2) {
        ofBlock(coreBlock).exception();
        return 0;
    }

    static long deviceRead(long uc, long offset, long size, long userData, long unused) {
        return engine((int) (userData >>> 32)).deviceRead((int) userData, offset, (int) size);
    }

    static long deviceWrite(long uc, long offset, long size, long value, long userData) {
        engine((int) (userData >>> 32)).deviceWrite((int) userData, offset, (int) size, value);
        return 0;
    }

    /** ARMCPRegInfo.readfn: (env, register info). */
    static long registerRead(long env, long info, long unused, long unused2, long unused3) {
        long userData = NativeMemory.getLong(info + A64Layout.REGISTER_OPAQUE);
        return engine((int) (userData >>> 32)).registerRead((int) userData);
    }

    /** ARMCPRegInfo.writefn: (env, register info, value). */
    static long registerWrite(long env, long info, long value, long unused, long unused2) {
        long userData = NativeMemory.getLong(info + A64Layout.REGISTER_OPAQUE);
        engine((int) (userData >>> 32)).registerWrite((int) userData, value);
        return 0;
    }

    /** UC_HOOK_BLOCK: (uc, address, size, core block). */
    static long block(long uc, long address, long size, long block, long unused) {
        long now = NativeMemory.getLong(block + CoreBlock.NOW) + NativeMemory.getLong(block + CoreBlock.RUNNING);
        NativeMemory.putLong(block + CoreBlock.NOW, now);
        NativeMemory.putLong(block + CoreBlock.BLOCK_ADDRESS, address);
        NativeMemory.putLong(block + CoreBlock.RUNNING, (size & 0xffff_ffffL) >>> 2);
        if (Long.compareUnsigned(now, NativeMemory.getLong(block + CoreBlock.LIMIT)) >= 0) {
            ofBlock(block).slowPath();
        }
        return 0;
    }

    /** UC_HOOK_INTR: (uc, number, core block). */
    static long exceptionWhole(long uc, long number, long block, long unused, long unused2) {
        long env = NativeMemory.getLong(block + CoreBlock.ENV);
        int exceptionClass = NativeMemory.getInt(env + A64Layout.EXCEPTION_SYNDROME) >>> 26;
        boolean fetchAbort = (exceptionClass & ~3) == FETCH_ABORT_LOWER; // and PC alignment faults
        long whole = NativeMemory.getLong(block + CoreBlock.RUNNING);
        long before = NativeMemory.getLong(env + A64Layout.PC) - NativeMemory.getLong(block + CoreBlock.BLOCK_ADDRESS) >>> 2;
        long executed = fetchAbort || before > whole ? whole : before;
        NativeMemory.putLong(block + CoreBlock.NOW, NativeMemory.getLong(block + CoreBlock.NOW) + executed);
        NativeMemory.putLong(block + CoreBlock.RUNNING, 0);
        A64Engine engine = ofBlock(block);
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
        return A64Engine.count(block) - NativeMemory.getLong(counterBlock + CoreBlock.COUNTER_OFFSET);
    }

    private static long stub(String name) {
        Class<?>[] words = new Class<?>[5];
        Arrays.fill(words, long.class);
        try {
            return Linker.nativeLinker()
                    .upcallStub(
                            MethodHandles.lookup().findStatic(A64Upcalls.class, name, MethodType.methodType(long.class, words)),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG),
                            Arena.global())
                    .address();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(name, e);
        }
    }
}
