package org.shyperlab.emulator.engine;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.aarch64.SysReg;

/**
 * One AArch64 Unicorn instance: a Cortex-A72 with EL2 whose guest level (EL1/EL0) runs in native code.
 *
 * <p>Exceptions, intercepted registers and address translation are here, {@link A64Registers} has the register file.
 */
public final class A64Engine extends Engine {
    /** MMU indexes of the EL1&0 regime: E10_0, E10_1 and E10_1_PAN. */
    private static final long EL10_REGIME = 0x15;

    private static final class Stubs {
        static final @Nullable MachineCode FOR_THIS_HOST = MachineCode.forThisHost();

        static {
            CodePageMarker.install();
        }
    }

    private final long cpu;
    private final long env;
    private final long physicalCounter;
    private final long virtualCounter;
    private final long kickAddress;
    private final long exceptionIndex;
    private final A64Registers registers;
    private final boolean javaHooks;
    private long blockHookHandle;

    /**
     * Opens a core in reset state: EL1h, everything masked, MMU off.
     *
     * @param client who hears of events
     * @param counterFactor system counter ticks per cycle as a fraction of 2^64
     * @param hooks machine code or Java
     */
    public A64Engine(EngineClient client, long counterFactor, Hooks hooks) {
        super(client, Unicorn.ARCH_ARM64, Unicorn.MODE_ARM, Unicorn.CPU_ARM64_A72, UcLayout.PAGE_BITS_4K);
        javaHooks = hooks == Hooks.JAVA || Stubs.FOR_THIS_HOST == null;
        EngineLocation layout = A64LayoutCheck.ONCE.of(this);
        CodeBuffer.repair(uc);
        cpu = NativeMemory.getLong(uc + layout.cpuInUc());
        env = cpu + layout.envInCpu();
        kickAddress = kickAddress(cpu, layout);
        exceptionIndex = cpu + layout.exceptionIndexInCpu();
        physicalCounter = arena.allocate(CoreBlock.COUNTER_SIZE, 16).address();
        virtualCounter = arena.allocate(CoreBlock.COUNTER_SIZE, 16).address();
        registers = new A64Registers(this, env);
        fillBlocks(counterFactor);
        installHooks();
        disarmDebugRegisters();
        stopPerformanceMonitor();
        NativeMemory.putByte(uc + UcLayout.NO_EXIT_REQUEST, (byte) 1);
    }

    /** The register file. */
    public A64Registers registers() {
        return registers;
    }

    /**
     * Takes the block hook away, for benches that measure what it costs: time stands still, and nothing but {@link #stop} from an
     * exception to EL2 ends a run. Before the first run.
     */
    public void stopCounting() {
        try {
            Unicorn.check((long) Unicorn.HOOK_DEL.invokeExact(uc, blockHookHandle, 0L, 0L, 0L, 0L), "uc_hook_del");
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    @Override
    long startAddress() {
        return registers.pc();
    }

    @Override
    long kickAddress() {
        return kickAddress;
    }

    private void fillBlocks(long counterFactor) {
        NativeMemory.putLong(block + CoreBlock.ENV, env);
        NativeMemory.putLong(block + CoreBlock.CPU, cpu);
        NativeMemory.putLong(block + CoreBlock.ENTER_EL1, Unicorn.DO_INTERRUPT_ADDRESS);
        NativeMemory.putLong(block + CoreBlock.COUNTER_FACTOR, counterFactor);
        NativeMemory.putLong(physicalCounter + CoreBlock.COUNTER_CORE, block);
        NativeMemory.putLong(virtualCounter + CoreBlock.COUNTER_CORE, block);
    }

    private void installHooks() {
        MachineCode code = Stubs.FOR_THIS_HOST;
        long blockHook = javaHooks || code == null ? A64Hooks.BLOCK : code.block();
        long exceptionHook = javaHooks || code == null ? A64Hooks.EXCEPTION : code.exception();
        long counter = javaHooks || code == null ? A64Hooks.COUNTER : code.counter();
        hook(Unicorn.HOOK_INTR, exceptionHook);
        hook(Unicorn.HOOK_BLOCK, blockHook);
        blockHookHandle = NativeMemory.getLong(scratch);
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
                long info = registers.registerInfo(SysReg.encode(2, 0, 0, number, kind));
                if (info != 0) {
                    NativeMemory.putLong(info + A64Layout.REGISTER_WRITE, 0);
                }
            }
        }
    }

    /**
     * Makes PMCR_EL0 ignore writes, so that the counters, which the library would feed from the host's clock, never run; the
     * identification registers then say that there is no performance monitor (ID_AA64DFR0_EL1.PMUVer, ID_DFR0_EL1.PerfMon).
     */
    private void stopPerformanceMonitor() {
        long info = registers.registerInfo(SysReg.encode(3, 3, 9, 12, 0));
        if (info != 0) {
            int type = NativeMemory.getInt(info + A64Layout.REGISTER_TYPE);
            NativeMemory.putInt(info + A64Layout.REGISTER_TYPE, type | A64Layout.REGISTER_TYPE_CONSTANT);
        }
        clearConstantField(SysReg.encode(3, 0, 0, 5, 0), 8);
        clearConstantField(SysReg.encode(3, 0, 0, 1, 2), 24);
    }

    /** Makes a four-bit field of an identification register read as zero. */
    private void clearConstantField(int encoding, int shift) {
        long info = registers.registerInfo(encoding);
        if (info == 0
                || (NativeMemory.getInt(info + A64Layout.REGISTER_TYPE) & A64Layout.REGISTER_TYPE_CONSTANT) == 0) {
            throw Unicorn.differs("identification register " + SysReg.genericName(encoding) + " is no constant");
        }
        long value = NativeMemory.getLong(info + A64Layout.REGISTER_RESET);
        NativeMemory.putLong(info + A64Layout.REGISTER_RESET, value & ~(0xfL << shift));
    }

    /** Replaces a register's functions in the core's register table; 0 keeps the function that is there. */
    private long patch(int encoding, long read, long write, long opaque) {
        long info = registers.registerInfo(encoding);
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
        patch(encoding, Upcalls.REGISTER_READ, Upcalls.REGISTER_WRITE, userData(register));
    }

    /** Sends a system instruction (IC, TLBI) to the client as number {@code register}, instead of its own effect. */
    public void interceptInstruction(int encoding, int register) {
        long info = patch(encoding, 0, Upcalls.REGISTER_WRITE, userData(register));
        NativeMemory.putInt(info + A64Layout.REGISTER_TYPE, A64Layout.REGISTER_TYPE_PLAIN);
    }

    /** CNTVOFF_EL2. */
    public void virtualCounterOffset(long ticks) {
        NativeMemory.putLong(virtualCounter + CoreBlock.COUNTER_OFFSET, ticks);
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
        NativeMemory.putInt(exceptionIndex, exceptionNumber(syndrome >>> 26));
        enterEl1();
        NativeMemory.putInt(exceptionIndex, -1);
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

    @Override
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

    @Override
    public long ramAddress(MemorySegment bytes) {
        try {
            return (long) Unicorn.RAM_ADDRESS.invokeExact(uc, bytes.address(), 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

    @Override
    public void dropCode(long ramAddress, long length) {
        try {
            long ignored = (long) Unicorn.INVALIDATE_CODE.invokeExact(uc, ramAddress, ramAddress + length, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }
}
