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
 */
final class Upcalls {
    private static final int MAXIMUM_ENGINES = 1 << 16;

    static final long SLOW_PATH = stub(MethodHandles.lookup(), "slowPath");
    static final long EXCEPTION = stub(MethodHandles.lookup(), "exception");
    static final long DEVICE_READ = stub(MethodHandles.lookup(), "deviceRead");
    static final long DEVICE_WRITE = stub(MethodHandles.lookup(), "deviceWrite");
    static final long REGISTER_READ = stub(MethodHandles.lookup(), "registerRead");
    static final long REGISTER_WRITE = stub(MethodHandles.lookup(), "registerWrite");

    private static @Nullable Engine[] engines = new Engine[64];

    private Upcalls() {}

    /** Gives an engine its number. Engines of several machines, on several threads, may come and go at once. */
    static synchronized int register(Engine engine) {
        for (int i = 0; i < engines.length; i++) {
            if (engines[i] == null) {
                engines[i] = engine;
                return i;
            }
        }
        if (engines.length >= MAXIMUM_ENGINES) {
            throw new IllegalStateException(
                    "more than " + MAXIMUM_ENGINES + " cores are open: machines are not closed");
        }
        int number = engines.length;
        engines = Arrays.copyOf(engines, number * 2);
        engines[number] = engine;
        return number;
    }

    static synchronized void release(int number) {
        engines[number] = null;
    }

    private static Engine engine(int number) {
        Engine engine = engines[number];
        if (engine == null) {
            throw new IllegalStateException("core " + number + " is closed but runs");
        }
        return engine;
    }

    static Engine ofBlock(long coreBlock) {
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

    /** A C function pointer to the static method {@code name}, five words in and one out, of a class of this package. */
    static long stub(MethodHandles.Lookup lookup, String name) {
        Class<?>[] words = new Class<?>[5];
        Arrays.fill(words, long.class);
        try {
            return Linker.nativeLinker()
                    .upcallStub(
                            lookup.findStatic(lookup.lookupClass(), name, MethodType.methodType(long.class, words)),
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
