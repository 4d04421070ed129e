package org.shyperlab.emulator.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One Unicorn instance, whatever its architecture: RAM and devices, running and stopping, virtual time, and upcalls that keep Java's
 * exceptions from unwinding through C. Counts instructions exactly and stops only at block boundaries. What the events mean is the
 * {@link EngineClient}'s business. Use from one platform thread.
 */
public abstract class Engine implements AutoCloseable {
    /** How an engine is made. */
    public enum Hooks {
        /** Machine-code stubs where the host has them. */
        NATIVE,
        /** Java upcalls for everything; the reference that the stubs are held against. */
        JAVA
    }

    static final int CODE_BUFFER_BYTES = 64 << 20;

    final Arena arena = Arena.ofShared();
    final long uc;
    final long block;
    final int number;
    /** A few bytes for arguments of calls. */
    final long scratch;

    private final EngineClient client;
    private @Nullable Throwable pending;
    private boolean stopped;
    private boolean closed;

    Engine(EngineClient client, int architecture, int mode, int cpuModel, int pageBits) {
        this.client = client;
        scratch = arena.allocate(64, 16).address();
        block = arena.allocate(CoreBlock.SIZE, 64).address();
        uc = open(architecture, mode, cpuModel, pageBits);
        number = Upcalls.register(this);
        NativeMemory.putLong(block + CoreBlock.SLOW_PATH, Upcalls.SLOW_PATH);
        NativeMemory.putLong(block + CoreBlock.EXCEPTION, Upcalls.EXCEPTION);
        NativeMemory.putInt(block + CoreBlock.ENGINE, number);
        counterFloor(arena.allocate(8, 8).address());
    }

    private long open(int architecture, int mode, int cpuModel, int pageBits) {
        try {
            Unicorn.check(
                    (long) Unicorn.OPEN.invokeExact((long) architecture, (long) mode, scratch, 0L, 0L, 0L), "uc_open");
            long engine = NativeMemory.getLong(scratch);
            if (NativeMemory.getInt(engine + UcLayout.TARGET_PAGE_BITS) != 0) {
                throw Unicorn.differs("the page size field is not at offset " + UcLayout.TARGET_PAGE_BITS);
            }
            NativeMemory.putInt(engine + UcLayout.TARGET_PAGE_BITS, pageBits);
            control(engine, Unicorn.CTL_CPU_MODEL, cpuModel);
            control(engine, Unicorn.CTL_TCG_BUFFER_SIZE, CODE_BUFFER_BYTES);
            control(engine, Unicorn.CTL_EXITS_ENABLE, 1);
            return engine;
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Where the next run starts: the guest's program counter. */
    abstract long startAddress();

    /** An exception is about to be handed to the client: the state is to be what {@link EngineClient#exception} promises. */
    void exceptionReported() {}

    /** The address of the 16-bit flag whose -1 makes the core look at its interrupt lines before the next block. */
    abstract long kickAddress();

    /** Unicorn's own address of RAM mapped with {@link #mapRam}, for {@link #dropCode}. */
    public abstract long ramAddress(MemorySegment bytes);

    /** Drops code translated from a range of RAM, in {@link #ramAddress} terms. */
    public abstract void dropCode(long ramAddress, long length);

    static void control(long engine, int what, long value) throws Throwable {
        Unicorn.check((long) Unicorn.CTL.invokeExact(engine, (long) what, value), "uc_ctl");
    }

    /** Installs a hook over all addresses with the core block as its user data. */
    final void hook(int type, long callback) {
        try {
            Unicorn.check(
                    (long) Unicorn.HOOK_ADD.invokeExact(uc, scratch, (long) type, callback, block, 1L, 0L, 0L),
                    "uc_hook_add");
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    final long userData(int low) {
        return (long) number << 32 | low;
    }

    /** Writes a register of Unicorn's public API. */
    final void publicRegister(int register, long value) {
        NativeMemory.putLong(scratch, value);
        publicRegister(true, register, scratch);
    }

    /** The address of the flag that {@link #kick} sets, in a core at {@code cpu}. */
    static long kickAddress(long cpu, EngineLocation location) {
        return NativeMemory.getLong(cpu + location.envPointerInCpu() + UcLayout.ENV_POINTER_TO_ICOUNT_DECREMENTER) + 2;
    }

    /** Reads or writes a register of Unicorn's public API through memory at {@code at}. */
    final void publicRegister(boolean write, int register, long at) {
        long error;
        try {
            error = write
                    ? (long) Unicorn.REG_WRITE.invokeExact(uc, (long) register, at, 0L, 0L, 0L)
                    : (long) Unicorn.REG_READ.invokeExact(uc, (long) register, at, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
        Unicorn.check(error, "register access");
    }

    /** Maps RAM at a physical address. Before the first run. */
    public final void mapRam(long address, MemorySegment bytes) {
        try {
            Unicorn.check(
                    (long) Unicorn.MAP_PTR.invokeExact(
                            uc, address, bytes.byteSize(), (long) Unicorn.PROTECT_ALL, bytes.address(), 0L),
                    "mapping RAM");
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Maps a device window at a physical address; accesses reach the client as window {@code number}. Before the first run. */
    public final void mapDevice(long address, long size, int window) {
        try {
            long data = userData(window);
            Unicorn.check(
                    (long) Unicorn.MMIO_MAP.invokeExact(
                            uc, address, size, Upcalls.DEVICE_READ, data, Upcalls.DEVICE_WRITE, data),
                    "mapping a device");
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /**
     * Runs the guest from {@link #pc()} until {@link #stop} takes effect.
     *
     * @return 0, or Unicorn's error number (see {@link #describe}) when the guest did something it cannot carry out
     */
    public final int run() {
        stopped = false;
        try {
            int error = (int) (long) Unicorn.START.invokeExact(uc, startAddress(), 0L, 0L, 0L, 0L);
            if (pending != null) {
                Throwable thrown = pending;
                pending = null;
                throw thrown;
            }
            // The library may look for the next block's code before it stops: that it found none is no event of this
            // run.
            return stopped ? 0 : error;
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** What an error number of {@link #run} means. */
    public static String describe(int error) {
        return Unicorn.describe(error);
    }

    /** Stops the run before the next block. Only from {@link EngineClient#limitReached} and {@link EngineClient#exception}. */
    public final void stop() {
        stopped = true;
        NativeMemory.putLong(block + CoreBlock.RUNNING, 0);
        try {
            long ignored = (long) Unicorn.STOP.invokeExact(uc, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Makes the core look at its interrupt lines before the next block. Only from {@link EngineClient#limitReached}. */
    public final void kick() {
        NativeMemory.putLong(block + CoreBlock.RUNNING, 0);
        NativeMemory.putShort(kickAddress(), (short) -1);
    }

    // ---- upcalls: nothing may leave them ----

    void slowPath() {
        try {
            if (pending == null) {
                client.limitReached();
                return;
            }
        } catch (Throwable e) {
            pending = e;
        }
        stop();
    }

    void exception() {
        try {
            if (pending == null) {
                exceptionReported();
                client.exception();
                return;
            }
        } catch (Throwable e) {
            pending = e;
        }
        stop();
    }

    long deviceRead(int window, long offset, int size) {
        try {
            return client.deviceRead(window, offset, size);
        } catch (Throwable e) {
            keep(e);
            return 0;
        }
    }

    void deviceWrite(int window, long offset, int size, long value) {
        try {
            client.deviceWrite(window, offset, size, value);
        } catch (Throwable e) {
            keep(e);
        }
    }

    long registerRead(int register) {
        try {
            return client.registerRead(register);
        } catch (Throwable e) {
            keep(e);
            return 0;
        }
    }

    void registerWrite(int register, long value) {
        try {
            client.registerWrite(register, value);
        } catch (Throwable e) {
            keep(e);
        }
    }

    /** Keeps what an upcall threw and stops at the next block. */
    final void keep(Throwable e) {
        if (pending == null) {
            pending = e;
        }
        limit(0);
    }

    // ---- time ----

    /** Virtual time in cycles, exact at block boundaries and in exceptions. */
    public final long now() {
        return NativeMemory.getLong(block + CoreBlock.NOW);
    }

    /** Moves virtual time by {@code cycles}. */
    public final void advance(long cycles) {
        NativeMemory.putLong(block + CoreBlock.NOW, NativeMemory.getLong(block + CoreBlock.NOW) + cycles);
    }

    /** The virtual time at which the client is called next; 0 for at once. */
    public final void limit(long cycles) {
        NativeMemory.putLong(block + CoreBlock.LIMIT, cycles);
    }

    /** Exceptions that the guest has taken to its own EL1 (system calls, data aborts), other than fetch aborts. Each took one cycle. */
    public final long guestExceptions() {
        return NativeMemory.getLong(block + CoreBlock.GUEST_EXCEPTIONS);
    }

    /** The address of eight bytes that hold the last counter value seen by the cores that share them. */
    public final void counterFloor(long address) {
        NativeMemory.putLong(block + CoreBlock.COUNTER_FLOOR, address);
    }

    /** The physical counter as a guest would read it now. */
    public final long physicalCount() {
        return count(block);
    }

    /** The counter's arithmetic; {@link MachineCode}'s third stub does the same. */
    static long count(long block) {
        long ticks = Math.unsignedMultiplyHigh(
                NativeMemory.getLong(block + CoreBlock.NOW), NativeMemory.getLong(block + CoreBlock.COUNTER_FACTOR));
        long floor = NativeMemory.getLong(block + CoreBlock.COUNTER_FLOOR);
        long last = NativeMemory.getLong(floor);
        if (Long.compareUnsigned(ticks, last) < 0) {
            ticks = last;
        }
        NativeMemory.putLong(floor, ticks);
        return ticks;
    }

    /** Drops all address translations of the guest. */
    public abstract void flushTranslations();

    /** Frees the core. */
    @Override
    public final void close() {
        if (closed) {
            return;
        }
        closed = true;
        Upcalls.release(number);
        try {
            Unicorn.check((long) Unicorn.CLOSE.invokeExact(uc, 0L, 0L, 0L, 0L, 0L), "uc_close");
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        } finally {
            arena.close();
        }
    }
}
