package org.shyperlab.emulator.engine;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * One RV64 Unicorn instance: an IMAFDC core of which the guest uses supervisor and user mode. Every address translation comes from the
 * client, every exception but the guest's own system calls goes to it.
 *
 * <p>Instructions have two or four bytes; the client counts those of a block once, and the block hook remembers the number.
 */
public final class Rv64Engine extends Engine {
    /** {@link Rv64EngineClient#translate}: a load. */
    public static final int LOAD = 0;
    /** {@link Rv64EngineClient#translate}: a store. */
    public static final int STORE = 1;
    /** {@link Rv64EngineClient#translate}: an instruction fetch. */
    public static final int FETCH = 2;
    /** What {@link #run} gives when a translation was refused. */
    public static final int REFUSED = Unicorn.ERR_EXCEPTION;
    /** mstatus.TVM of the engine. */
    public static final long TRAP_VIRTUAL_MEMORY = 1L << 20;
    /** mstatus.TSR of the engine, at another place than in the Privileged ISA. */
    public static final long TRAP_SRET = 1L << 30;

    /** UC_MEM_READ, before UC_MEM_WRITE and UC_MEM_FETCH. */
    static final int FIRST_ACCESS = 16;

    private static final int BREAKPOINT = 3;
    private static final int CSR_TIME = 0xc01;
    private static final int CSR_FCSR = 3;

    private static final class Stubs {
        static final @Nullable Rv64MachineCode FOR_THIS_HOST = Rv64MachineCode.forThisHost();

        static {
            UserAccessIndex.install();
        }

        private Stubs() {}
    }

    private final Rv64EngineClient client;
    private final long cpu;
    private final long env;
    private final long kickAddress;
    private final long exceptionIndex;
    private final Rv64MachineCode code;
    private boolean csrRefused;

    /**
     * Opens a core in supervisor mode, address translation off, everything masked.
     *
     * @param client who hears of events
     * @param counterFactor system counter ticks per cycle as a fraction of 2^64
     * @param hooks machine code or Java
     */
    public Rv64Engine(Rv64EngineClient client, long counterFactor, Hooks hooks) {
        super(client, Unicorn.ARCH_RISCV, Unicorn.MODE_RISCV64, Unicorn.CPU_RISCV64_U54, UcLayout.PAGE_BITS_4K);
        this.client = client;
        Rv64MachineCode stubs = Stubs.FOR_THIS_HOST;
        code = hooks == Hooks.JAVA || stubs == null ? Rv64Hooks.twins() : stubs;
        EngineLocation location = Rv64LayoutCheck.ONCE.of(this);
        CodeBuffer.repair(uc);
        cpu = NativeMemory.getLong(uc + location.cpuInUc());
        env = cpu + location.envInCpu();
        exceptionIndex = cpu + location.exceptionIndexInCpu();
        kickAddress = kickAddress(cpu, location);
        fillBlock(counterFactor);
        NativeMemory.putLong(env + Rv64Layout.CORE_BLOCK, block);
        installHooks();
        NativeMemory.putByte(uc + UcLayout.NO_EXIT_REQUEST, (byte) 1);
        NativeMemory.putLong(env + Rv64Layout.PRIVILEGE, 1);
        NativeMemory.putLong(env + Rv64Layout.MCOUNTEREN, 7);
        NativeMemory.putInt(block + CoreBlock.COUNTERS, 7);
    }

    @Override
    long startAddress() {
        return pc();
    }

    @Override
    long kickAddress() {
        return kickAddress;
    }

    /** The library reports the program counter four bytes behind the instruction, however long that is. */
    @Override
    void exceptionReported() {
        pc(pc() - 4);
    }

    private void fillBlock(long counterFactor) {
        NativeMemory.putLong(block + CoreBlock.ENV, env);
        NativeMemory.putLong(block + CoreBlock.CPU, cpu);
        NativeMemory.putLong(block + CoreBlock.ENTER_EL1, Unicorn.Rv64.DO_INTERRUPT_ADDRESS);
        NativeMemory.putLong(block + CoreBlock.COUNTER_FACTOR, counterFactor);
        NativeMemory.putLong(
                block + CoreBlock.COUNT_TABLE,
                NativeMemory.map(arena, (long) CoreBlock.COUNTS * CoreBlock.COUNT_ENTRY)
                        .address());
        NativeMemory.putLong(block + CoreBlock.COUNT_MISS, Rv64Hooks.COUNT_MISS);
    }

    private void installHooks() {
        hook(Unicorn.HOOK_INTR, code.exception());
        hook(Unicorn.HOOK_BLOCK, code.block());
        hook(Unicorn.HOOK_INSN_INVALID, Rv64Hooks.INVALID);
        hook(Unicorn.HOOK_TLB_FILL, Rv64Hooks.TRANSLATE);
        try {
            control(uc, Unicorn.CTL_TLB_MODE, Unicorn.TLB_VIRTUAL);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
        operations(CSR_TIME, code.time(), true);
    }

    /**
     * Sends accesses of a CSR to the client. For all RV64 cores of the process, so every client must know the same ones.
     *
     * @param counter whether mcounteren and scounteren say who may read it; otherwise bits 9:8 of the number do
     */
    public void intercept(int csr, boolean counter) {
        operations(csr, Rv64Hooks.CSR, counter);
    }

    private void operations(int csr, long operation, boolean counter) {
        long predicate = counter ? code.counterEnabled() : code.allowed();
        NativeMemory.putLong(scratch + Rv64Layout.OPERATIONS_PREDICATE, predicate);
        NativeMemory.putLong(scratch + Rv64Layout.OPERATIONS_READ, 0);
        NativeMemory.putLong(scratch + Rv64Layout.OPERATIONS_WRITE, 0);
        NativeMemory.putLong(scratch + Rv64Layout.OPERATIONS_BOTH, operation);
        call(Unicorn.Rv64.SET_CSR_OPERATIONS, csr, scratch, 0);
    }

    /** Whether the last {@link #run} ended at a WFI; the program counter is behind it. True once. */
    public boolean takeHalt() {
        long halted = exceptionIndex + Rv64Layout.EXCEPTION_INDEX_TO_HALTED;
        boolean is = NativeMemory.getInt(halted) != 0;
        NativeMemory.putInt(halted, 0);
        return is;
    }

    /** The virtual address whose translation was refused when {@link #run} gave {@link #REFUSED}. */
    public long refusedAddress() {
        return NativeMemory.getLong(uc + Rv64Layout.UC_INVALID_ADDRESS);
    }

    // ---- upcalls: nothing may leave them ----

    long translate(long page, int access) {
        try {
            return client.translate(page, access);
        } catch (Throwable e) {
            keep(e);
            return 0;
        }
    }

    int instructionsIn(long address, int size) {
        try {
            return client.instructionsIn(address, size);
        } catch (Throwable e) {
            keep(e);
            return 0;
        }
    }

    boolean isBreakpoint() {
        return NativeMemory.getInt(exceptionIndex) == BREAKPOINT
                && NativeMemory.getLong(uc + Rv64Layout.UC_INVALID_ERROR) >= 0;
    }

    /** The CSR access that is being reported is an illegal instruction. Only from {@link EngineClient#registerRead} and {@link EngineClient#registerWrite}. */
    public void refuseCsr() {
        csrRefused = true;
    }

    boolean takeRefusal() {
        boolean refused = csrRefused;
        csrRefused = false;
        return refused;
    }

    // ---- time ----

    /** The block that was running is over after {@code instructions}. */
    public void account(long instructions) {
        advance(instructions);
        NativeMemory.putLong(block + CoreBlock.RUNNING, 0);
    }

    /** Instructions of the block that is running; 0 after {@link #account}. */
    public long running() {
        return NativeMemory.getLong(block + CoreBlock.RUNNING);
    }

    /** Virtual address of the block that is running, or was. */
    public long blockAddress() {
        return NativeMemory.getLong(block + CoreBlock.BLOCK_ADDRESS);
    }

    /** htimedelta, or 0. */
    public void timeDelta(long ticks) {
        NativeMemory.putLong(block + CoreBlock.TIME_DELTA, ticks);
    }

    /** Which of cycle (1), time (2) and instret (4) supervisor mode may read. */
    public void counters(int enabled) {
        NativeMemory.putInt(block + CoreBlock.COUNTERS, enabled);
    }

    /** Whether the guest enters its own supervisor mode for ecalls from user mode, without Java. */
    public void nativeCalls(boolean enabled) {
        NativeMemory.putInt(block + CoreBlock.NATIVE_CALLS, enabled ? 1 : 0);
    }

    // ---- registers ----

    /** General register 0..31. */
    public long x(int n) {
        return NativeMemory.getLong(env + Rv64Layout.X + 8L * n);
    }

    /** Sets general register 1..31. */
    public void x(int n, long value) {
        NativeMemory.putLong(env + Rv64Layout.X + 8L * n, value);
    }

    /** Floating-point register 0..31, as bits. */
    public long f(int n) {
        return NativeMemory.getLong(env + Rv64Layout.F + 8L * n);
    }

    /** Sets floating-point register 0..31. */
    public void f(int n, long bits) {
        NativeMemory.putLong(env + Rv64Layout.F + 8L * n, bits);
    }

    /** Program counter; stale inside device, CSR and translation callbacks. */
    public long pc() {
        return NativeMemory.getLong(env + Rv64Layout.PC);
    }

    /** Sets the program counter. */
    public void pc(long value) {
        NativeMemory.putLong(env + Rv64Layout.PC, value);
    }

    /** Current privilege: 0 user, 1 supervisor. */
    public int privilege() {
        return NativeMemory.getInt(env + Rv64Layout.PRIVILEGE);
    }

    /** Sets the privilege. */
    public void privilege(int level) {
        NativeMemory.putLong(env + Rv64Layout.PRIVILEGE, level);
    }

    /** A word of the state. */
    public long get(Rv64Word word) {
        return NativeMemory.getLong(env + word.offset());
    }

    /** Sets a word of the state, without side effects. */
    public void set(Rv64Word word, long value) {
        NativeMemory.putLong(env + word.offset(), value);
    }

    /** Sets the bits of mip in {@code mask} and tells the core. */
    public void pending(int mask, int value) {
        call(Unicorn.Rv64.UPDATE_PENDING, cpu, mask, value);
    }

    /** fcsr. */
    public long fcsr() {
        return floatingPoint(0, 0);
    }

    /** Sets fcsr. */
    public void fcsr(long value) {
        floatingPoint(value, 0xff);
    }

    /** Accesses fcsr as a debugger does, whatever mstatus.FS says, and leaves mstatus as it was. */
    private long floatingPoint(long value, long mask) {
        long status = get(Rv64Word.MSTATUS);
        NativeMemory.putByte(env + Rv64Layout.DEBUGGER, (byte) 1);
        try {
            long ignored = (long) Unicorn.Rv64.ACCESS_CSR.invokeExact(env, (long) CSR_FCSR, scratch, value, mask, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
        NativeMemory.putByte(env + Rv64Layout.DEBUGGER, (byte) 0);
        set(Rv64Word.MSTATUS, status);
        return NativeMemory.getLong(scratch);
    }

    /** Forgets an open LR, as a switch to another guest or core must. */
    public void clearReservation() {
        NativeMemory.putLong(env + Rv64Layout.LOAD_RESERVATION, -1);
    }

    // ---- exceptions ----

    /** Enters supervisor mode with an exception of the instruction at the program counter. Its cause must be set in medeleg. */
    public void enterSupervisor(int cause, long value) {
        NativeMemory.putLong(env + Rv64Layout.BAD_ADDRESS, value);
        NativeMemory.putInt(exceptionIndex, cause);
        enterSupervisor();
        NativeMemory.putInt(exceptionIndex, -1);
        set(Rv64Word.STVAL, value);
    }

    /** The cause of the exception that is being reported: 8 for ecall from any privilege. */
    public int cause() {
        return NativeMemory.getInt(exceptionIndex);
    }

    /** The address of the misaligned or failed access that is being reported. */
    public long badAddress() {
        return NativeMemory.getLong(env + Rv64Layout.BAD_ADDRESS);
    }

    /** Enters supervisor mode with the exception that is being reported. */
    void enterSupervisor() {
        call(Unicorn.Rv64.DO_INTERRUPT, cpu, 0, 0);
    }

    // ---- translations ----

    @Override
    public void flushTranslations() {
        call(Unicorn.Rv64.FLUSH_TLB, cpu, 0, 0);
    }

    @Override
    public long ramAddress(MemorySegment bytes) {
        try {
            return (long) Unicorn.Rv64.RAM_ADDRESS.invokeExact(uc, bytes.address(), 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    @Override
    public void dropCode(long ramAddress, long length) {
        call(Unicorn.Rv64.INVALIDATE_CODE, uc, ramAddress, ramAddress + length);
    }

    private static void call(MethodHandle function, long first, long second, long third) {
        try {
            long ignored = (long) function.invokeExact(first, second, third, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }
}
