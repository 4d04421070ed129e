package org.shyperlab.emulator.engine;

import java.lang.invoke.MethodHandles;

/**
 * The C function pointers through which Unicorn calls Java for RV64 cores. They are made once and live as long as the process; each
 * finds its engine by the number in its user data or by the core block that env points to.
 *
 * <p>{@link #block}, {@link #exception}, {@link #time} and the predicates are also the Java twins of {@link Rv64MachineCode}.
 */
final class Rv64Hooks {
    private static final int USER_CALL = 8;
    private static final int REFUSED = -1;

    static final long COUNT_MISS = upcall("countMiss");
    static final long TRANSLATE = upcall("translate");
    static final long INVALID = upcall("invalid");
    static final long CSR = upcall("csr");

    /** The Java twins of the machine code, linked only where they are used. */
    private static final class Twins {
        static final Rv64MachineCode CODE = new Rv64MachineCode(
                upcall("block"), upcall("exception"), upcall("time"), upcall("counterEnabled"), upcall("allowed"));

        private Twins() {}
    }

    private Rv64Hooks() {}

    /** The Java twins of {@link Rv64MachineCode#forThisHost}. */
    static Rv64MachineCode twins() {
        return Twins.CODE;
    }

    private static Rv64Engine ofBlock(long coreBlock) {
        return (Rv64Engine) Upcalls.ofBlock(coreBlock);
    }

    private static Rv64Engine ofState(long env) {
        return ofBlock(NativeMemory.getLong(env + Rv64Layout.CORE_BLOCK));
    }

    /** UC_HOOK_BLOCK for a block whose instructions are not in the table; time has been counted: (uc, address, size, core block, caller). */
    static long countMiss(long uc, long address, long size, long coreBlock, long caller) {
        Rv64Engine engine = ofBlock(coreBlock);
        int count = engine.instructionsIn(address, (int) size);
        NativeMemory.putLong(coreBlock + CoreBlock.RUNNING, count);
        long entry = NativeMemory.getLong(coreBlock + CoreBlock.COUNT_TABLE)
                + ((caller >>> 6 & CoreBlock.COUNTS - 1) * CoreBlock.COUNT_ENTRY);
        NativeMemory.putLong(entry + CoreBlock.COUNT_ADDRESS, address);
        NativeMemory.putInt(entry + CoreBlock.COUNT_CALLER, (int) caller);
        NativeMemory.putInt(entry + CoreBlock.COUNT_VALUE, count | (int) size << 16);
        checkLimit(coreBlock, engine);
        return 0;
    }

    private static void checkLimit(long coreBlock, Rv64Engine engine) {
        long now = NativeMemory.getLong(coreBlock + CoreBlock.NOW);
        if (Long.compareUnsigned(now, NativeMemory.getLong(coreBlock + CoreBlock.LIMIT)) >= 0) {
            engine.slowPath();
        }
    }

    /** UC_HOOK_TLB_FILL: (uc, page, access, result {address, permissions}, core block). */
    static long translate(long uc, long page, long access, long result, long coreBlock) {
        long answer = ofBlock(coreBlock).translate(page, (int) access - Rv64Engine.FIRST_ACCESS);
        NativeMemory.putLong(result, answer & -4096L);
        NativeMemory.putInt(result + 8, (int) answer & 7);
        return (answer & 7) != 0 ? 1 : 0;
    }

    /** UC_HOOK_INSN_INVALID: (uc, core block). Breakpoints come this way first; they are none of its business. */
    static long invalid(long uc, long coreBlock, long unused, long unused2, long unused3) {
        return ofBlock(coreBlock).isBreakpoint() ? 1 : 0;
    }

    /** riscv_csr_operations.op: (env, number, where the old value goes, new value, mask). */
    static long csr(long env, long number, long result, long value, long mask) {
        Rv64Engine engine = ofState(env);
        long old = engine.registerRead((int) number);
        if (mask != 0) {
            engine.registerWrite((int) number, old & ~mask | value & mask);
        }
        if (result != 0) {
            NativeMemory.putLong(result, old);
        }
        return engine.takeRefusal() ? REFUSED : 0;
    }

    /** UC_HOOK_BLOCK: (uc, address, size, core block). */
    static long block(long uc, long address, long size, long coreBlock, long unused) {
        long now =
                NativeMemory.getLong(coreBlock + CoreBlock.NOW) + NativeMemory.getLong(coreBlock + CoreBlock.RUNNING);
        NativeMemory.putLong(coreBlock + CoreBlock.NOW, now);
        NativeMemory.putLong(coreBlock + CoreBlock.BLOCK_ADDRESS, address);
        Rv64Engine engine = ofBlock(coreBlock);
        NativeMemory.putLong(coreBlock + CoreBlock.RUNNING, engine.instructionsIn(address, (int) size));
        checkLimit(coreBlock, engine);
        return 0;
    }

    /** UC_HOOK_INTR: (uc, cause, core block). The engine reports the program counter four bytes behind the instruction. */
    static long exception(long uc, long cause, long coreBlock, long unused, long unused2) {
        long env = NativeMemory.getLong(coreBlock + CoreBlock.ENV);
        Rv64Engine engine = ofBlock(coreBlock);
        if ((int) cause != USER_CALL
                || NativeMemory.getInt(env + Rv64Layout.PRIVILEGE) != 0
                || (NativeMemory.getByte(coreBlock + CoreBlock.NATIVE_CALLS) & 1) == 0) {
            engine.exception();
            return 0;
        }
        NativeMemory.putLong(
                coreBlock + CoreBlock.NOW,
                NativeMemory.getLong(coreBlock + CoreBlock.NOW)
                        + NativeMemory.getLong(coreBlock + CoreBlock.RUNNING)
                        + 1);
        NativeMemory.putLong(coreBlock + CoreBlock.RUNNING, 0);
        NativeMemory.putLong(env + Rv64Layout.PC, NativeMemory.getLong(env + Rv64Layout.PC) - 4);
        NativeMemory.putLong(
                coreBlock + CoreBlock.GUEST_EXCEPTIONS,
                NativeMemory.getLong(coreBlock + CoreBlock.GUEST_EXCEPTIONS) + 1);
        engine.enterSupervisor();
        return 0;
    }

    /** riscv_csr_operations.op of time: (env, number, where the value goes, new value, mask). */
    static long time(long env, long number, long result, long value, long mask) {
        long coreBlock = NativeMemory.getLong(env + Rv64Layout.CORE_BLOCK);
        NativeMemory.putLong(
                result, Rv64Engine.count(coreBlock) + NativeMemory.getLong(coreBlock + CoreBlock.TIME_DELTA));
        return 0;
    }

    /** riscv_csr_operations.predicate of the counters: (env, number). */
    static long counterEnabled(long env, long number, long unused, long unused2, long unused3) {
        int counters = NativeMemory.getInt(NativeMemory.getLong(env + Rv64Layout.CORE_BLOCK) + CoreBlock.COUNTERS);
        if (NativeMemory.getInt(env + Rv64Layout.PRIVILEGE) == 0) {
            counters &= NativeMemory.getInt(env + Rv64Layout.SCOUNTEREN);
        }
        return (counters >>> (int) number & 1) != 0 ? 0 : REFUSED;
    }

    /** riscv_csr_operations.predicate of what only its privilege protects: (env, number). */
    static long allowed(long env, long number, long unused, long unused2, long unused3) {
        return 0;
    }

    private static long upcall(String name) {
        return Upcalls.stub(MethodHandles.lookup(), name);
    }
}
