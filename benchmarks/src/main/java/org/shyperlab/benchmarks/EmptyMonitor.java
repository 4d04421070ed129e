package org.shyperlab.benchmarks;

import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;

/** The least that can sit at EL2: enters the guest and answers every trap with nothing. What remains is the engine's share. */
final class EmptyMonitor implements Monitor {
    /** HCR_EL2: TID3 (ID registers trap), TSC (SMC traps), TACR (ACTLR_EL1 traps), RW (EL1 is AArch64). */
    private static final long CONFIGURATION = 1L << 18 | 1L << 19 | 1L << 21 | 1L << 31;

    @Override
    public void start(Core core) {
        A64Core a64 = (A64Core) core;
        a64.set(SysReg.HCR_EL2, CONFIGURATION);
        a64.pc(BenchBoard.ENTRY);
    }

    @Override
    public void trap(Core core, Trap trap) {
        switch ((A64Trap) trap) {
            case A64Trap.Hvc ignored -> {}
            case A64Trap.Smc ignored -> ((A64Core) core).skip();
            case A64Trap.SystemRegisterAccess access -> {
                core.x(access.register(), 0);
                ((A64Core) core).skip();
            }
            default -> throw new IllegalStateException("no bench traps by " + trap.kind());
        }
    }

    @Override
    public void interrupt(Core core) {
        throw new IllegalStateException("no bench of the empty monitor has interrupts");
    }
}
