package org.shyperlab.emulator.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.aarch64.SysReg;

/**
 * One AArch64 Unicorn instance: a Cortex-A72 with EL2 whose guest level (EL1/EL0) runs in native code.
 *
 * <p>This class alone knows Unicorn. It counts instructions exactly, stops only at block boundaries and keeps Java's exceptions from
 * unwinding through C. What the events mean is the {@link EngineClient}'s business. Use from one platform thread.
 */
public final class A64Engine implements AutoCloseable {
    /** How an engine is made. */
    public enum Hooks {
        /** Machine-code stubs where the host has them. */
        NATIVE,
        /** Java upcalls for everything; the reference that the stubs are held against. */
        JAVA
    }

    static final int CODE_BUFFER_BYTES = 64 << 20;
    private static final int REGISTER_STRUCT = 32;
    private static final int REGISTER_VALUE = 24;
    /** MMU indexes of the EL1&0 regime: E10_0, E10_1 and E10_1_PAN. */
    private static final long EL10_REGIME = 0x15;

    private static final class Stubs {
        static final @Nullable MachineCode FOR_THIS_HOST = MachineCode.forThisHost();

        static {
            CodePageMarker.install();
        }
    }

    private static @Nullable EngineLocation verified;

    private final EngineClient client;
    private final Arena arena = Arena.ofShared();
    private final long uc;
    private final long cpu;
    private final long env;
    private final long block;
    private final long physicalCounter;
    private final long virtualCounter;
    private final long registerStructs;
    private final int[] fields;
    private final long scratch;
    private final long kickAddress;
    private final int number;
    private final boolean javaHooks;
    private @Nullable Throwable pending;
    private boolean closed;

    /**
     * Opens a core in reset state: EL1h, everything masked, MMU off.
     *
     * @param client who hears of events
     * @param counterFactor system counter ticks per cycle as a fraction of 2^64
     * @param hooks machine code or Java
     */
    public A64Engine(EngineClient client, long counterFactor, Hooks hooks) {
        this.client = client;
        javaHooks = hooks == Hooks.JAVA || Stubs.FOR_THIS_HOST == null;
        scratch = arena.allocate(64, 16).address();
        uc = open();
        EngineLocation layout = layout();
        CodeBuffer.repair(uc);
        cpu = NativeMemory.getLong(uc + layout.cpuInUc());
        env = cpu + layout.envInCpu();
        kickAddress = NativeMemory.getLong(
                        cpu + layout.envPointerInCpu() + A64Layout.ENV_POINTER_TO_ICOUNT_DECREMENTER)
                + 2;
        number = A64Upcalls.register(this);
        block = arena.allocate(CoreBlock.SIZE, 64).address();
        physicalCounter = arena.allocate(CoreBlock.COUNTER_SIZE, 16).address();
        virtualCounter = arena.allocate(CoreBlock.COUNTER_SIZE, 16).address();
        registerStructs = allocateRegisterStructs();
        fields = plainFields();
        fillBlocks(counterFactor);
        installHooks();
        disarmDebugRegisters();
        stopPerformanceMonitor();
        NativeMemory.putByte(uc + A64Layout.UC_NO_EXIT_REQUEST, (byte) 1);
    }

    private long open() {
        try {
            Unicorn.check(
                    (long) Unicorn.OPEN.invokeExact((long) Unicorn.ARCH_ARM64, (long) Unicorn.MODE_ARM, scratch, 0L, 0L, 0L),
                    "uc_open");
            long engine = NativeMemory.getLong(scratch);
            if (NativeMemory.getInt(engine + A64Layout.UC_TARGET_PAGE_BITS) != 0) {
                throw Unicorn.differs("the page size field is not at offset " + A64Layout.UC_TARGET_PAGE_BITS);
            }
            NativeMemory.putInt(engine + A64Layout.UC_TARGET_PAGE_BITS, A64Layout.PAGE_BITS);
            control(engine, Unicorn.CTL_CPU_MODEL, Unicorn.CPU_ARM64_A72);
            control(engine, Unicorn.CTL_TCG_BUFFER_SIZE, CODE_BUFFER_BYTES);
            control(engine, Unicorn.CTL_EXITS_ENABLE, 1);
            return engine;
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    private static void control(long engine, int what, long value) throws Throwable {
        Unicorn.check((long) Unicorn.CTL.invokeExact(engine, (long) what, value), "uc_ctl");
    }

    private EngineLocation layout() {
        NativeMemory.putLong(scratch, 0);
        publicRegister(Unicorn.REG_WRITE, Unicorn.REG_X0, scratch); // the first access builds the core
        synchronized (A64Engine.class) {
            if (verified == null) {
                long[] sentinels = new long[8];
                for (int i = 0; i < sentinels.length; i++) {
                    sentinels[i] = 0x5e47_1941_00c0_ffeeL * (i + 3) + i;
                    NativeMemory.putLong(scratch, sentinels[i]);
                    publicRegister(Unicorn.REG_WRITE, Unicorn.REG_X0 + i, scratch);
                }
                verified = A64LayoutCheck.of(uc, sentinels);
                NativeMemory.putLong(scratch, 0);
                for (int i = 0; i < sentinels.length; i++) {
                    publicRegister(Unicorn.REG_WRITE, Unicorn.REG_X0 + i, scratch);
                }
            }
            return verified;
        }
    }

    private long allocateRegisterStructs() {
        SysReg[] registers = SysReg.values();
        long address = arena.allocate((long) registers.length * REGISTER_STRUCT, 8).address();
        for (SysReg register : registers) {
            long at = address + (long) register.ordinal() * REGISTER_STRUCT;
            int encoding = register.encoding();
            NativeMemory.putInt(at, encoding >> 7 & 15);
            NativeMemory.putInt(at + 4, encoding >> 3 & 15);
            NativeMemory.putInt(at + 8, encoding >> 14 & 3);
            NativeMemory.putInt(at + 12, encoding >> 11 & 7);
            NativeMemory.putInt(at + 16, encoding & 7);
        }
        return address;
    }

    private void fillBlocks(long counterFactor) {
        NativeMemory.putLong(block + CoreBlock.SLOW_PATH, A64Upcalls.SLOW_PATH);
        NativeMemory.putLong(block + CoreBlock.ENV, env);
        NativeMemory.putLong(block + CoreBlock.CPU, cpu);
        NativeMemory.putLong(block + CoreBlock.ENTER_EL1, Unicorn.DO_INTERRUPT_ADDRESS);
        NativeMemory.putLong(block + CoreBlock.EXCEPTION, A64Upcalls.EXCEPTION);
        NativeMemory.putLong(block + CoreBlock.COUNTER_FACTOR, counterFactor);
        NativeMemory.putInt(block + CoreBlock.ENGINE, number);
        NativeMemory.putLong(physicalCounter + CoreBlock.COUNTER_CORE, block);
        NativeMemory.putLong(virtualCounter + CoreBlock.COUNTER_CORE, block);
        counterFloor(arena.allocate(8, 8).address());
    }

    private void installHooks() {
        MachineCode code = Stubs.FOR_THIS_HOST;
        long blockHook = javaHooks || code == null ? A64Upcalls.Twins.BLOCK : code.block();
        long exceptionHook = javaHooks || code == null ? A64Upcalls.Twins.EXCEPTION : code.exception();
        long counter = javaHooks || code == null ? A64Upcalls.Twins.COUNTER : code.counter();
        hook(Unicorn.HOOK_INTR, exceptionHook);
        hook(Unicorn.HOOK_BLOCK, blockHook);
        patch(SysReg.CNTPCT_EL0.encoding(), counter, 0, physicalCounter);
        patch(SysReg.CNTVCT_EL0.encoding(), counter, 0, virtualCounter);
    }

    /**
     * Makes the guest's own breakpoint and watchpoint registers (DBGBVR, DBGBCR, DBGWVR, DBGWCR) plain storage. The library's write
     * functions would flush all translated code, also the code that executes the write, and the process would crash.
     */
    private void disarmDebugRegisters() {
        for (int number = 0; number < 16; number++) {
            for (int kind = 4; kind < 8; kind++) {
                long info = registerInfo(SysReg.encode(2, 0, 0, number, kind));
                if (info != 0) {
                    NativeMemory.putLong(info + A64Layout.REGISTER_WRITE, 0);
                }
            }
        }
    }

    /** Makes PMCR_EL0 ignore writes, so that the counters, which the library would feed from the host's clock, never run. */
    private void stopPerformanceMonitor() {
        long info = registerInfo(SysReg.encode(3, 3, 9, 12, 0));
        if (info != 0) {
            int type = NativeMemory.getInt(info + A64Layout.REGISTER_TYPE);
            NativeMemory.putInt(info + A64Layout.REGISTER_TYPE, type | A64Layout.REGISTER_TYPE_CONSTANT);
        }
    }

    private void hook(int type, long callback) {
        try {
            Unicorn.check(
                    (long) Unicorn.HOOK_ADD.invokeExact(uc, scratch, (long) type, callback, block, 1L, 0L, 0L), "uc_hook_add");
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Where in env each system register lives that is a plain 64-bit field; 0 for the others, which Unicorn's API reads. */
    private int[] plainFields() {
        SysReg[] registers = SysReg.values();
        int[] offsets = new int[registers.length];
        for (SysReg register : registers) {
            long info = registerInfo(register.encoding());
            boolean plain = info != 0
                    && NativeMemory.getLong(info + A64Layout.REGISTER_READ) == 0
                    && NativeMemory.getLong(info + A64Layout.REGISTER_RAW_READ) == 0
                    && NativeMemory.getInt(info + A64Layout.REGISTER_STATE) != A64Layout.REGISTER_STATE_AA32
                    && (NativeMemory.getInt(info + A64Layout.REGISTER_TYPE) & A64Layout.REGISTER_TYPE_SPECIAL) == 0;
            offsets[register.ordinal()] = plain ? (int) NativeMemory.getLong(info + A64Layout.REGISTER_FIELD) : 0;
        }
        return offsets;
    }

    private long registerInfo(int encoding) {
        int key = 1 << 28 | 0x13 << 16 | encoding;
        try {
            return (long) Unicorn.FIND_REGISTER.invokeExact(
                    NativeMemory.getLong(env + A64Layout.REGISTER_TABLE), (long) key, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Replaces a register's functions in the core's register table; 0 keeps the function that is there. */
    private long patch(int encoding, long read, long write, long opaque) {
        long info = registerInfo(encoding);
        if (info == 0) {
            throw Unicorn.differs("it has no system register " + SysReg.genericName(encoding));
        }
        NativeMemory.putLong(info + A64Layout.REGISTER_OPAQUE, opaque);
        if (read != 0) {
            NativeMemory.putLong(info + A64Layout.REGISTER_READ, read);
        }
        if (write != 0) {
            NativeMemory.putLong(info + A64Layout.REGISTER_WRITE, write);
        }
        return info;
    }

    /** Sends reads and writes of a system register to the client as number {@code register}. Before the first run. */
    public void intercept(int encoding, int register) {
        patch(encoding, A64Upcalls.REGISTER_READ, A64Upcalls.REGISTER_WRITE, userData(register));
    }

    /** Sends a system instruction (IC, TLBI) to the client as number {@code register}, instead of its own effect. */
    public void interceptInstruction(int encoding, int register) {
        long info = patch(encoding, 0, A64Upcalls.REGISTER_WRITE, userData(register));
        NativeMemory.putInt(info + A64Layout.REGISTER_TYPE, A64Layout.REGISTER_TYPE_PLAIN);
    }

    private long userData(int low) {
        return (long) number << 32 | low;
    }

    /** Maps RAM at a physical address. Before the first run. */
    public void mapRam(long address, MemorySegment bytes) {
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
    public void mapDevice(long address, long size, int window) {
        try {
            long data = userData(window);
            Unicorn.check(
                    (long) Unicorn.MMIO_MAP.invokeExact(
                            uc, address, size, A64Upcalls.DEVICE_READ, data, A64Upcalls.DEVICE_WRITE, data),
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
    public int run() {
        try {
            int error = (int) (long) Unicorn.START.invokeExact(uc, NativeMemory.getLong(env + A64Layout.PC), 0L, 0L, 0L, 0L);
            if (pending != null) {
                Throwable thrown = pending;
                pending = null;
                throw thrown;
            }
            return error;
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** What an error number of {@link #run} means. */
    public static String describe(int error) {
        return Unicorn.describe(error);
    }

    /** Stops the run before the next block. Only from {@link EngineClient#limitReached} and {@link EngineClient#exception}. */
    public void stop() {
        NativeMemory.putLong(block + CoreBlock.RUNNING, 0);
        try {
            long ignored = (long) Unicorn.STOP.invokeExact(uc, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Makes the core look at its interrupt lines before the next block. Only from {@link EngineClient#limitReached}. */
    public void kick() {
        NativeMemory.putLong(block + CoreBlock.RUNNING, 0);
        NativeMemory.putShort(kickAddress, (short) -1);
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

    private void keep(Throwable e) {
        if (pending == null) {
            pending = e;
        }
        limit(0);
    }

    // ---- time ----

    /** Virtual time in cycles, exact at block boundaries and in exceptions. */
    public long now() {
        return NativeMemory.getLong(block + CoreBlock.NOW);
    }

    /** Moves virtual time by {@code cycles}. */
    public void advance(long cycles) {
        NativeMemory.putLong(block + CoreBlock.NOW, NativeMemory.getLong(block + CoreBlock.NOW) + cycles);
    }

    /** The virtual time at which the client is called next; 0 for at once. */
    public void limit(long cycles) {
        NativeMemory.putLong(block + CoreBlock.LIMIT, cycles);
    }

    /** Exceptions that the guest has taken to its own EL1 (system calls, data aborts), other than fetch aborts. Each took one cycle. */
    public long guestExceptions() {
        return NativeMemory.getLong(block + CoreBlock.GUEST_EXCEPTIONS);
    }

    /** CNTVOFF_EL2. */
    public void virtualCounterOffset(long ticks) {
        NativeMemory.putLong(virtualCounter + CoreBlock.COUNTER_OFFSET, ticks);
    }

    /** The address of eight bytes that hold the last counter value seen by the cores that share them. */
    public void counterFloor(long address) {
        NativeMemory.putLong(block + CoreBlock.COUNTER_FLOOR, address);
    }

    /** The physical counter as a guest would read it now. */
    public long physicalCount() {
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

    // ---- registers ----

    /** General register 0..30. */
    public long x(int n) {
        return NativeMemory.getLong(env + A64Layout.X + 8L * n);
    }

    /** Sets general register 0..30. */
    public void x(int n, long value) {
        NativeMemory.putLong(env + A64Layout.X + 8L * n, value);
    }

    /** Program counter; stale inside device callbacks (the start of the block). */
    public long pc() {
        return NativeMemory.getLong(env + A64Layout.PC);
    }

    /** Sets the program counter. */
    public void pc(long value) {
        NativeMemory.putLong(env + A64Layout.PC, value);
    }

    /** PSTATE.DAIF in place, bits 9:6. */
    public int daif() {
        return NativeMemory.getInt(env + A64Layout.DAIF);
    }

    /** PSTATE in SPSR format. */
    public long pstate() {
        publicRegister(Unicorn.REG_READ, Unicorn.REG_PSTATE, scratch);
        return NativeMemory.getInt(scratch) & 0xffff_ffffL;
    }

    /** Sets PSTATE from SPSR format, switching stack pointers with it. AArch64 only. */
    public void pstate(long value) {
        int old = NativeMemory.getInt(env + A64Layout.PSTATE);
        NativeMemory.putLong(stackPointerOf(old), NativeMemory.getLong(env + A64Layout.X + 8 * 31));
        NativeMemory.putInt(env + A64Layout.NF, (int) value & 0x8000_0000);
        NativeMemory.putInt(env + A64Layout.ZF, (value & 1L << 30) != 0 ? 0 : 1);
        NativeMemory.putInt(env + A64Layout.CF, (int) (value >>> 29) & 1);
        NativeMemory.putInt(env + A64Layout.VF, (int) (value << 3) & 0x8000_0000);
        NativeMemory.putInt(env + A64Layout.BTYPE, 0);
        NativeMemory.putLong(env + A64Layout.DAIF, value & 0x3c0);
        int rest = (int) value & ~0xf000_03c0 & ~0xc00;
        NativeMemory.putInt(env + A64Layout.PSTATE, rest);
        NativeMemory.putLong(env + A64Layout.X + 8 * 31, NativeMemory.getLong(stackPointerOf(rest)));
        try {
            long ignored = (long) Unicorn.REBUILD_HFLAGS.invokeExact(env, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    private long stackPointerOf(int pstate) {
        int level = pstate >> 2 & 3;
        return env + A64Layout.SP_EL + 8L * ((pstate & 1) != 0 ? level : 0);
    }

    /** SP_EL0 or SP_EL1, wherever it is now. */
    public long stackPointer(int level) {
        int pstate = NativeMemory.getInt(env + A64Layout.PSTATE);
        long bank = env + A64Layout.SP_EL + 8L * level;
        return NativeMemory.getLong(stackPointerOf(pstate) == bank ? env + A64Layout.X + 8 * 31 : bank);
    }

    /** Sets SP_EL0 or SP_EL1. */
    public void stackPointer(int level, long value) {
        int pstate = NativeMemory.getInt(env + A64Layout.PSTATE);
        long bank = env + A64Layout.SP_EL + 8L * level;
        NativeMemory.putLong(stackPointerOf(pstate) == bank ? env + A64Layout.X + 8 * 31 : bank, value);
    }

    /** Reads a system register that lives in the engine (not one that is intercepted). */
    public long get(SysReg register) {
        int field = fields[register.ordinal()];
        if (field != 0) {
            return NativeMemory.getLong(env + field);
        }
        long at = registerStructs + (long) register.ordinal() * REGISTER_STRUCT;
        publicRegister(Unicorn.REG_READ, Unicorn.REG_CP_REG, at);
        return NativeMemory.getLong(at + REGISTER_VALUE);
    }

    /** Writes a system register that lives in the engine, with its side effects. */
    public void set(SysReg register, long value) {
        long at = registerStructs + (long) register.ordinal() * REGISTER_STRUCT;
        NativeMemory.putLong(at + REGISTER_VALUE, value);
        publicRegister(Unicorn.REG_WRITE, Unicorn.REG_CP_REG, at);
    }

    /** Half of a vector register. */
    public void readVector(int n, long[] target, int at) {
        publicRegister(Unicorn.REG_READ, Unicorn.REG_Q0 + n, scratch);
        target[at] = NativeMemory.getLong(scratch);
        target[at + 1] = NativeMemory.getLong(scratch + 8);
    }

    /** Sets a vector register from two words. */
    public void writeVector(int n, long low, long high) {
        NativeMemory.putLong(scratch, low);
        NativeMemory.putLong(scratch + 8, high);
        publicRegister(Unicorn.REG_WRITE, Unicorn.REG_Q0 + n, scratch);
    }

    /** FPCR and FPSR, in the low and high word. */
    public long floatingPointState() {
        publicRegister(Unicorn.REG_READ, Unicorn.REG_FPCR, scratch);
        long control = NativeMemory.getInt(scratch) & 0xffff_ffffL;
        publicRegister(Unicorn.REG_READ, Unicorn.REG_FPSR, scratch);
        return control | (long) NativeMemory.getInt(scratch) << 32;
    }

    /** Sets FPCR and FPSR. */
    public void floatingPointState(int control, int status) {
        NativeMemory.putInt(scratch, control);
        publicRegister(Unicorn.REG_WRITE, Unicorn.REG_FPCR, scratch);
        NativeMemory.putInt(scratch, status);
        publicRegister(Unicorn.REG_WRITE, Unicorn.REG_FPSR, scratch);
    }

    private void publicRegister(java.lang.invoke.MethodHandle call, int register, long at) {
        long error;
        try {
            error = call == Unicorn.REG_READ
                    ? (long) Unicorn.REG_READ.invokeExact(uc, (long) register, at, 0L, 0L, 0L)
                    : (long) Unicorn.REG_WRITE.invokeExact(uc, (long) register, at, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
        Unicorn.check(error, "register access");
    }

    /** Forgets an open exclusive access, as a world switch must (CLREX). */
    public void clearExclusive() {
        NativeMemory.putLong(env + A64Layout.EXCLUSIVE_ADDRESS, -1);
    }

    // ---- exceptions ----

    /** ESR of the exception that is being reported. */
    public int syndrome() {
        return NativeMemory.getInt(env + A64Layout.EXCEPTION_SYNDROME);
    }

    /** FAR of the exception that is being reported. */
    public long faultAddress() {
        return NativeMemory.getLong(env + A64Layout.EXCEPTION_ADDRESS);
    }

    /** HPFAR_EL2. */
    public long faultIpaPage() {
        return NativeMemory.getLong(env + A64Layout.HPFAR_EL2);
    }

    /** The exception level that the exception being reported goes to. */
    public int targetLevel() {
        return NativeMemory.getInt(env + A64Layout.EXCEPTION_TARGET);
    }

    /** Enters EL1 with the exception that is being reported. */
    public void enterEl1() {
        try {
            long ignored = (long) Unicorn.DO_INTERRUPT.invokeExact(cpu, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Enters EL1 with a synchronous exception of this syndrome, as if the instruction at the program counter had caused it. */
    public void enterEl1(int syndrome, long faultAddress) {
        NativeMemory.putInt(env + A64Layout.EXCEPTION_SYNDROME, syndrome);
        NativeMemory.putLong(env + A64Layout.EXCEPTION_ADDRESS, faultAddress);
        NativeMemory.putInt(env + A64Layout.EXCEPTION_TARGET, 1);
        NativeMemory.putInt(cpu + exceptionIndexOffset(), exceptionNumber(syndrome >>> 26));
        enterEl1();
        NativeMemory.putInt(cpu + exceptionIndexOffset(), -1);
    }

    private static int exceptionIndexOffset() {
        EngineLocation layout = verified;
        if (layout == null) {
            throw new IllegalStateException("no engine was ever opened");
        }
        return layout.exceptionIndexInCpu();
    }

    private static int exceptionNumber(int exceptionClass) {
        return switch (exceptionClass) {
            case 0x15 -> 2; // EXCP_SWI
            case 0x20, 0x21, 0x22 -> 3; // EXCP_PREFETCH_ABORT
            case 0x24, 0x25 -> 4; // EXCP_DATA_ABORT
            default -> 1; // EXCP_UDEF
        };
    }

    // ---- translations ----

    /** Drops the EL1&0 regime's address translations. */
    public void flushTranslations() {
        try {
            long ignored = (long) Unicorn.FLUSH_TLB.invokeExact(cpu, EL10_REGIME, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Drops the EL1&0 regime's translation of one page. */
    public void flushTranslation(long virtualAddress) {
        try {
            long ignored = (long) Unicorn.FLUSH_TLB_PAGE.invokeExact(cpu, virtualAddress, EL10_REGIME, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** The physical address behind a virtual one in the current regime, or -1. No side effects. */
    public long translate(long virtualAddress) {
        try {
            NativeMemory.putLong(scratch, 0);
            long page = (long) Unicorn.TRANSLATE_DEBUG.invokeExact(cpu, virtualAddress & ~0xfffL, scratch, 0L, 0L, 0L);
            return page == -1 ? -1 : page & ~0xfffL | virtualAddress & 0xfff;
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Unicorn's own address of RAM mapped with {@link #mapRam}, for {@link #dropCode}. */
    public long ramAddress(MemorySegment bytes) {
        try {
            return (long) Unicorn.RAM_ADDRESS.invokeExact(uc, bytes.address(), 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Drops code translated from a range of RAM, in {@link #ramAddress} terms. */
    public void dropCode(long ramAddress, long length) {
        try {
            long ignored =
                    (long) Unicorn.INVALIDATE_CODE.invokeExact(uc, ramAddress, ramAddress + length, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    /** Frees the core. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        A64Upcalls.release(number);
        try {
            Unicorn.check((long) Unicorn.CLOSE.invokeExact(uc, 0L, 0L, 0L, 0L, 0L), "uc_close");
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        } finally {
            arena.close();
        }
    }
}
