package org.shyperlab.hypervisor.interrupt.riscv64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.interrupt.InterruptOwners;
import org.shyperlab.hypervisor.scheduler.riscv64.Rv64PhysicalCore;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.riscv64.Rv64Vm;

/**
 * Physical interrupts taken at HS: IPIs, the hypervisor's timer, those of the board's PLIC, which belong to VMs, and those of guest
 * interrupt files whose vCPUs wait.
 */
public final class PhysicalInterrupts {
    private static final long SOFTWARE = 1 << 1;
    private static final long TIMER = 1 << 5;
    private static final long EXTERNAL = 1 << 9;

    private final @Nullable PhysicalPlic plic;
    private final InterruptOwners owners;
    private final VmControl control;
    private final HypervisorListener listener;

    /**
     * Interrupts of a board, whose shared ones belong to {@code owners}.
     *
     * @param plic the board's PLIC, or null when devices send messages to the VMs themselves
     */
    public PhysicalInterrupts(
            @Nullable PhysicalPlic plic, InterruptOwners owners, VmControl control, HypervisorListener listener) {
        this.plic = plic;
        this.owners = owners;
        this.control = control;
        this.listener = listener;
    }

    /** Does what the hart's pending interrupts ask for. */
    public void take(Rv64PhysicalCore hart) {
        Rv64Core core = hart.core();
        long pending = core.get(Csr.SIP) & core.get(Csr.SIE);
        if ((pending & SOFTWARE) != 0) {
            core.set(Csr.SIP, 0);
            control.serveRequests(hart);
        }
        if ((pending & TIMER) != 0) {
            hart.timerFired();
        }
        PhysicalPlic board = plic;
        if ((pending & EXTERNAL) != 0 && board != null) {
            external(board, hart.index());
        }
        hart.guestFilesPending();
    }

    private void external(PhysicalPlic board, int hart) {
        int source = board.claim(hart);
        if (source == 0) {
            return; // another hart was faster
        }
        listener.interruptTaken(hart, source);
        Rv64Vm owner = (Rv64Vm) owners.of(source);
        VirtualPlic plicOfOwner = owner == null ? null : owner.plic();
        if (plicOfOwner == null) {
            throw new IllegalStateException("interrupt " + source + " is enabled and has no owner");
        }
        plicOfOwner.raise(source, hart);
    }
}
