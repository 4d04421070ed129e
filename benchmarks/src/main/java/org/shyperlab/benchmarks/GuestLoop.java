package org.shyperlab.benchmarks;

import static org.shyperlab.benchmarks.BenchTarget.AARCH64;
import static org.shyperlab.benchmarks.BenchTarget.RISCV64;
import static org.shyperlab.benchmarks.GuestLoop.Level.EMPTY_MONITOR;
import static org.shyperlab.benchmarks.GuestLoop.Level.HYPERVISOR;
import static org.shyperlab.benchmarks.GuestLoop.Level.NATIVE;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.guestimages.BenchLoop;

/** The loops of the bench guest that are measured, each with what is above the guest, and what one round is. */
public enum GuestLoop {
    HVC_HYPERVISOR(
            "HVC to the hypervisor (SYS TEST) and back", AARCH64, HYPERVISOR, BenchLoop.HYPERCALL, 5, TrapKind.HVC),
    HVC_EMPTY("HVC, empty monitor", AARCH64, EMPTY_MONITOR, BenchLoop.HYPERCALL, 5, TrapKind.HVC),
    SMC_HYPERVISOR(
            "SMC PSCI_VERSION to the hypervisor and back",
            AARCH64,
            HYPERVISOR,
            BenchLoop.FIRMWARE_CALL,
            4,
            TrapKind.SMC),
    SYSREG_HYPERVISOR(
            "read of CNTP_CTL_EL0, emulated timer", AARCH64, HYPERVISOR, BenchLoop.ACTLR, 3, TrapKind.SYSTEM_REGISTER),
    SYSREG_EMPTY(
            "read of ID_AA64PFR0_EL1, empty monitor",
            AARCH64,
            EMPTY_MONITOR,
            BenchLoop.ID_REGISTER,
            3,
            TrapKind.SYSTEM_REGISTER),
    GICD_READ(
            "read of GICD_ISENABLER, emulated", AARCH64, HYPERVISOR, BenchLoop.CONTROLLER_READ, 3, TrapKind.DATA_ABORT),
    GICD_WRITE(
            "write of GICD_IPRIORITYR, emulated",
            AARCH64,
            HYPERVISOR,
            BenchLoop.CONTROLLER_WRITE,
            3,
            TrapKind.DATA_ABORT),
    GICD_READ_NATIVE("read of GICD_ISENABLER, native", AARCH64, NATIVE, BenchLoop.CONTROLLER_READ, 3, null),
    UART_READ("read of the PL011's FR, passed through", AARCH64, HYPERVISOR, BenchLoop.UART_READ, 3, null),
    UART_READ_NATIVE("read of the PL011's FR, native", AARCH64, NATIVE, BenchLoop.UART_READ, 3, null),
    SVC("SVC to the guest's own EL1 and back", AARCH64, HYPERVISOR, BenchLoop.OWN_TRAP, 8, null),
    COMPUTE("8 instructions of computing", AARCH64, HYPERVISOR, BenchLoop.COMPUTE, 8, null),
    MEMORY("10 instructions, 4 of them LDP or STP", AARCH64, HYPERVISOR, BenchLoop.MEMORY, 10, null),
    TLB_FILL("load that fills the TLB, one stage", AARCH64, NATIVE, BenchLoop.TLB_FILL, 6, null),
    TLB_FILL_HYPERVISOR("load that fills the TLB, two stages", AARCH64, HYPERVISOR, BenchLoop.TLB_FILL, 6, null),
    RV_ECALL_HYPERVISOR(
            "ECALL to the hypervisor (SYS TEST) and back", RISCV64, HYPERVISOR, BenchLoop.HYPERCALL, 4, TrapKind.ECALL),
    RV_ECALL_EMPTY("ECALL, empty monitor", RISCV64, EMPTY_MONITOR, BenchLoop.HYPERCALL, 4, TrapKind.ECALL),
    RV_SBI_HYPERVISOR(
            "ECALL SBI version to the hypervisor and back",
            RISCV64,
            HYPERVISOR,
            BenchLoop.FIRMWARE_CALL,
            4,
            TrapKind.ECALL),
    RV_PLIC_READ(
            "read of the PLIC's enable bits, emulated",
            RISCV64,
            HYPERVISOR,
            BenchLoop.CONTROLLER_READ,
            3,
            TrapKind.GUEST_PAGE_FAULT),
    RV_PLIC_WRITE(
            "write of a PLIC priority, emulated",
            RISCV64,
            HYPERVISOR,
            BenchLoop.CONTROLLER_WRITE,
            3,
            TrapKind.GUEST_PAGE_FAULT),
    RV_PLIC_READ_NATIVE("read of the PLIC's enable bits, native", RISCV64, NATIVE, BenchLoop.CONTROLLER_READ, 3, null),
    RV_UART_READ("read of the NS16550's LSR, passed through", RISCV64, HYPERVISOR, BenchLoop.UART_READ, 3, null),
    RV_UART_READ_NATIVE("read of the NS16550's LSR, native", RISCV64, NATIVE, BenchLoop.UART_READ, 3, null),
    RV_EBREAK("EBREAK to the guest's own S mode and back", RISCV64, HYPERVISOR, BenchLoop.OWN_TRAP, 10, null),
    RV_COMPUTE("8 instructions of computing", RISCV64, HYPERVISOR, BenchLoop.COMPUTE, 8, null),
    RV_MEMORY("13 instructions, 8 of them LD or SD", RISCV64, HYPERVISOR, BenchLoop.MEMORY, 13, null),
    RV_TLB_FILL("load that fills the TLB, one stage", RISCV64, NATIVE, BenchLoop.TLB_FILL, 5, null),
    RV_TLB_FILL_HYPERVISOR("load that fills the TLB, two stages", RISCV64, HYPERVISOR, BenchLoop.TLB_FILL, 5, null),
    RV_USER_ACCESS(
            "sstatus.SUM on, load, SUM off: one access to user memory",
            RISCV64,
            HYPERVISOR,
            BenchLoop.USER_ACCESS,
            5,
            null);

    /** What is above the guest. */
    enum Level {
        NATIVE,
        EMPTY_MONITOR,
        HYPERVISOR
    }

    private final String title;
    private final BenchTarget target;
    private final Level level;
    private final BenchLoop loop;
    private final int instructions;
    private final @Nullable TrapKind trap;

    GuestLoop(
            String title, BenchTarget target, Level level, BenchLoop loop, int instructions, @Nullable TrapKind trap) {
        this.title = title;
        this.target = target;
        this.level = level;
        this.loop = loop;
        this.instructions = instructions;
        this.trap = trap;
    }

    /** What is measured, for tables. */
    String title() {
        return title;
    }

    /** The board. */
    BenchTarget target() {
        return target;
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

    /** How each round traps to EL2 or HS, or null when it does not. */
    @Nullable
    TrapKind trap() {
        return trap;
    }
}
