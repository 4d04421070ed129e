package org.shyperlab.benchmarks;

import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.core.riscv64.Rv64Trap;

/** The least that can sit above a guest: enters it and answers every trap with nothing. What remains is the engine's share. */
final class EmptyMonitor implements Monitor {
    /** HCR_EL2: TID3 (ID registers trap), TSC (SMC traps), TACR (ACTLR_EL1 traps), RW (EL1 is AArch64). */
    private static final long CONFIGURATION = 1L << 18 | 1L << 19 | 1L << 21 | 1L << 31;

    /** hstatus: SPV and SPVP, so that the guest starts in VS mode. */
    private static final long VIRTUAL_SUPERVISOR = 1L << 7 | 1L << 8;

    /** hcounteren: the guest reads cycle, time and instret. */
    private static final long COUNTERS = 7;

    private final long entry;

    /** A monitor whose guest starts at {@code entry}. */
    EmptyMonitor(long entry) {
        this.entry = entry;
    }

    @Override
    public void start(Core core) {
        if (core instanceof A64Core a64) {
            a64.set(SysReg.HCR_EL2, CONFIGURATION);
        } else {
            Rv64Core hart = (Rv64Core) core;
            hart.set(Csr.HSTATUS, VIRTUAL_SUPERVISOR);
            hart.set(Csr.HCOUNTEREN, COUNTERS);
        }
        core.pc(entry);
    }

    @Override
    public void trap(Core core, Trap trap) {
        switch (trap) {
            case A64Trap.Hvc ignored -> {}
            case A64Trap.Smc ignored -> ((A64Core) core).skip();
            case A64Trap.SystemRegisterAccess access -> {
                core.x(access.register(), 0);
                ((A64Core) core).skip();
            }
            case Rv64Trap.Ecall ignored -> ((Rv64Core) core).skip();
            default -> throw new IllegalStateException("no bench traps by " + trap.kind());
        }
    }

    @Override
    public void interrupt(Core core) {
        throw new IllegalStateException("no bench of the empty monitor has interrupts");
    }
}
