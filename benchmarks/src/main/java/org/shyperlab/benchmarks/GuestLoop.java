package org.shyperlab.benchmarks;

import static org.shyperlab.benchmarks.GuestLoop.Level.EMPTY_MONITOR;
import static org.shyperlab.benchmarks.GuestLoop.Level.HYPERVISOR;
import static org.shyperlab.benchmarks.GuestLoop.Level.NATIVE;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.guestimages.BenchLoop;

/** The loops of the bench guest that are measured, each with what is above the guest, and what one round is. */
public enum GuestLoop {
    HVC_HYPERVISOR("HVC to the hypervisor (SYS TEST) and back", HYPERVISOR, BenchLoop.HYPERCALL, 5, TrapKind.HVC),
    HVC_EMPTY("HVC, empty monitor", EMPTY_MONITOR, BenchLoop.HYPERCALL, 5, TrapKind.HVC),
    SMC_HYPERVISOR("SMC PSCI_VERSION to the hypervisor and back", HYPERVISOR, BenchLoop.FIRMWARE_CALL, 4, TrapKind.SMC),
    SYSREG_HYPERVISOR("read of CNTP_CTL_EL0, emulated timer", HYPERVISOR, BenchLoop.ACTLR, 3, TrapKind.SYSTEM_REGISTER),
    SYSREG_EMPTY(
            "read of ID_AA64PFR0_EL1, empty monitor",
            EMPTY_MONITOR,
            BenchLoop.ID_REGISTER,
            3,
            TrapKind.SYSTEM_REGISTER),
    GICD_READ("read of GICD_ISENABLER, emulated", HYPERVISOR, BenchLoop.CONTROLLER_READ, 3, TrapKind.DATA_ABORT),
    GICD_WRITE("write of GICD_IPRIORITYR, emulated", HYPERVISOR, BenchLoop.CONTROLLER_WRITE, 3, TrapKind.DATA_ABORT),
    GICD_READ_NATIVE("read of GICD_ISENABLER, native", NATIVE, BenchLoop.CONTROLLER_READ, 3, null),
    UART_READ("read of the PL011's FR, passed through", HYPERVISOR, BenchLoop.UART_READ, 3, null),
    UART_READ_NATIVE("read of the PL011's FR, native", NATIVE, BenchLoop.UART_READ, 3, null),
    SVC("SVC to the guest's own EL1 and back", HYPERVISOR, BenchLoop.OWN_TRAP, 8, null),
    COMPUTE("8 instructions of computing", HYPERVISOR, BenchLoop.COMPUTE, 8, null),
    MEMORY("10 instructions, 4 of them LDP or STP", HYPERVISOR, BenchLoop.MEMORY, 10, null);

    /** What is above the guest. */
    enum Level {
        NATIVE,
        EMPTY_MONITOR,
        HYPERVISOR
    }

    private final String title;
    private final Level level;
    private final BenchLoop loop;
    private final int instructions;
    private final @Nullable TrapKind trap;

    GuestLoop(String title, Level level, BenchLoop loop, int instructions, @Nullable TrapKind trap) {
        this.title = title;
        this.level = level;
        this.loop = loop;
        this.instructions = instructions;
        this.trap = trap;
    }

    /** What is measured, for tables. */
    String title() {
        return title;
    }

    Level level() {
        return level;
    }

    /** The guest's loop. */
    BenchLoop loop() {
        return loop;
    }

    /** Instructions of one round; with no costs charged, also its cycles. */
    int instructions() {
        return instructions;
    }

    /** How each round traps to EL2, or null when it does not. */
    @Nullable
    TrapKind trap() {
        return trap;
    }
}
