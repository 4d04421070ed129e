package org.shyperlab.emulator.engine;

import java.lang.invoke.MethodHandle;
import org.shyperlab.emulator.core.aarch64.SysReg;

/** The registers of one AArch64 core. Those that live in the engine's state are read and written in place. */
public final class A64Registers {
    private static final int REGISTER_STRUCT = 32;
    private static final int REGISTER_VALUE = 24;

    /** PSTATE.M[4] (nRW). */
    private static final long AARCH32 = 0x10;

    private static final long CPSR_WRITE_RAW = 2;

    private final Engine engine;
    private final long env;
    private final long registerStructs;
    private final int[] fields;

    A64Registers(Engine engine, long env) {
        this.engine = engine;
        this.env = env;
        registerStructs = allocateRegisterStructs();
        fields = plainFields();
    }

    private long allocateRegisterStructs() {
        SysReg[] registers = SysReg.values();
        long address = engine.arena
                .allocate((long) registers.length * REGISTER_STRUCT, 8)
                .address();
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

    /** The ARMCPRegInfo of a system register; 0 when the core has none. */
    long registerInfo(int encoding) {
        int key = 1 << 28 | 0x13 << 16 | encoding;
        try {
            return (long) Unicorn.FIND_REGISTER.invokeExact(
                    NativeMemory.getLong(env + A64Layout.REGISTER_TABLE), (long) key, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }

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

    /** PSTATE in SPSR format; M[4] tells AArch32. */
    public long pstate() {
        if (isAArch32()) {
            return call(Unicorn.READ_CPSR, 0, 0, 0) & 0xffff_ffffL;
        }
        engine.publicRegister(false, Unicorn.REG_PSTATE, engine.scratch);
        return NativeMemory.getInt(engine.scratch) & 0xffff_ffffL;
    }

    /** Sets PSTATE from SPSR format, switching stack pointers and execution state with it. */
    public void pstate(long value) {
        NativeMemory.putLong(
                stackPointerOf(NativeMemory.getInt(env + A64Layout.PSTATE)),
                NativeMemory.getLong(env + A64Layout.X + 8 * 31));
        if ((value & AARCH32) != 0) {
            NativeMemory.putInt(env + A64Layout.AARCH64, 0);
            NativeMemory.putInt(env + A64Layout.PSTATE, 0);
            long ignored = call(Unicorn.WRITE_CPSR, value & 0xffff_ffffL, 0xffff_ffffL, CPSR_WRITE_RAW);
        } else {
            pstate64((int) value);
        }
        long ignored = call(Unicorn.REBUILD_HFLAGS, 0, 0, 0);
    }

    private void pstate64(int value) {
        NativeMemory.putInt(env + A64Layout.AARCH64, 1);
        NativeMemory.putInt(env + A64Layout.NF, value & 0x8000_0000);
        NativeMemory.putInt(env + A64Layout.ZF, (value & 1 << 30) != 0 ? 0 : 1);
        NativeMemory.putInt(env + A64Layout.CF, value >>> 29 & 1);
        NativeMemory.putInt(env + A64Layout.VF, value << 3 & 0x8000_0000);
        NativeMemory.putInt(env + A64Layout.BTYPE, 0);
        NativeMemory.putLong(env + A64Layout.DAIF, value & 0x3c0);
        int rest = value & ~0xf000_03c0 & ~0xc00;
        NativeMemory.putInt(env + A64Layout.PSTATE, rest);
        NativeMemory.putLong(env + A64Layout.X + 8 * 31, NativeMemory.getLong(stackPointerOf(rest)));
    }

    private boolean isAArch32() {
        return NativeMemory.getInt(env + A64Layout.AARCH64) == 0;
    }

    /** Before software at EL2 looks: in AArch32 state the engine keeps R0..R15 elsewhere (Arm ARM D1.20.2 maps them to X0..X30). */
    public void gatherAArch32() {
        if (isAArch32()) {
            long ignored = call(Unicorn.FROM_AARCH32, 0, 0, 0);
            pc(NativeMemory.getInt(env + A64Layout.R15) & 0xffff_ffffL);
        }
    }

    /** After software at EL2 has looked: the reverse of {@link #gatherAArch32}. */
    public void scatterAArch32() {
        if (isAArch32()) {
            long ignored = call(Unicorn.TO_AARCH32, 0, 0, 0);
            NativeMemory.putInt(env + A64Layout.R15, (int) pc());
        }
    }

    private long call(MethodHandle function, long argument1, long argument2, long argument3) {
        try {
            return (long) function.invokeExact(env, argument1, argument2, argument3, 0L, 0L);
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
        engine.publicRegister(false, Unicorn.REG_CP_REG, at);
        return NativeMemory.getLong(at + REGISTER_VALUE);
    }

    /** Writes a system register that lives in the engine, with its side effects. */
    public void set(SysReg register, long value) {
        long at = registerStructs + (long) register.ordinal() * REGISTER_STRUCT;
        NativeMemory.putLong(at + REGISTER_VALUE, value);
        engine.publicRegister(true, Unicorn.REG_CP_REG, at);
    }

    /** Half of a vector register. */
    public void readVector(int n, long[] target, int at) {
        engine.publicRegister(false, Unicorn.REG_Q0 + n, engine.scratch);
        target[at] = NativeMemory.getLong(engine.scratch);
        target[at + 1] = NativeMemory.getLong(engine.scratch + 8);
    }

    /** Sets a vector register from two words. */
    public void writeVector(int n, long low, long high) {
        NativeMemory.putLong(engine.scratch, low);
        NativeMemory.putLong(engine.scratch + 8, high);
        engine.publicRegister(true, Unicorn.REG_Q0 + n, engine.scratch);
    }

    /** FPCR and FPSR, in the low and high word. */
    public long floatingPointState() {
        engine.publicRegister(false, Unicorn.REG_FPCR, engine.scratch);
        long control = NativeMemory.getInt(engine.scratch) & 0xffff_ffffL;
        engine.publicRegister(false, Unicorn.REG_FPSR, engine.scratch);
        return control | (long) NativeMemory.getInt(engine.scratch) << 32;
    }

    /** Sets FPCR and FPSR. */
    public void floatingPointState(int control, int status) {
        NativeMemory.putInt(engine.scratch, control);
        engine.publicRegister(true, Unicorn.REG_FPCR, engine.scratch);
        NativeMemory.putInt(engine.scratch, status);
        engine.publicRegister(true, Unicorn.REG_FPSR, engine.scratch);
    }

    /** Forgets an open exclusive access, as a world switch must (CLREX). */
    public void clearExclusive() {
        NativeMemory.putLong(env + A64Layout.EXCLUSIVE_ADDRESS, -1);
    }
}
