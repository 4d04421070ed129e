package org.shyperlab.hypervisor.interrupt.aarch64;

import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.interrupt.InterruptOwners;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;

/** Physical interrupts taken at EL2: IPIs, maintenance, the hypervisor's timer, and those that belong to a VM. */
public final class PhysicalInterrupts {
    private final InterruptOwners owners;
    private final VmControl control;
    private final HypervisorListener listener;

    /** Interrupts of a board, whose shared ones belong to {@code owners}. */
    public PhysicalInterrupts(InterruptOwners owners, VmControl control, HypervisorListener listener) {
        this.owners = owners;
        this.control = control;
        this.listener = listener;
    }

    /** Acknowledges one interrupt and does what it asks for. */
    public void take(A64PhysicalCore core) {
        PhysicalGic gic = core.gic();
        int acknowledged = gic.acknowledge();
        int id = acknowledged & 0x3ff;
        if (id >= PhysicalGic.FIRST_SPECIAL) {
            return; // gone meanwhile
        }
        listener.interruptTaken(core.core().index(), id);
        switch (id) {
            case PhysicalGic.IPI -> {
                // Ended first: a request that comes while these are served must raise the SGI again.
                end(gic, acknowledged);
                control.serveRequests(core);
            }
            case PhysicalGic.MAINTENANCE -> {
                A64Vcpu resident = (A64Vcpu) core.resident();
                if (resident != null) {
                    resident.gic().requestSync();
                    core.interruptsChanged(resident);
                }
                end(gic, acknowledged);
            }
            case PhysicalGic.HYPERVISOR_TIMER -> {
                core.timerFired();
                end(gic, acknowledged);
            }
            case PhysicalGic.VIRTUAL_TIMER -> virtualTimer(core, acknowledged);
            default -> shared(gic, acknowledged, id);
        }
    }

    private static void end(PhysicalGic gic, int acknowledged) {
        gic.dropPriority(acknowledged);
        gic.deactivate(acknowledged);
    }

    /** Stays active until the guest ends it: so it cannot fire again before. */
    private static void virtualTimer(A64PhysicalCore core, int acknowledged) {
        A64Vcpu resident = (A64Vcpu) core.resident();
        core.gic().dropPriority(acknowledged);
        if (resident == null) {
            core.gic().deactivate(acknowledged);
            return;
        }
        resident.machine().distributor().raise(resident.gic(), PhysicalGic.VIRTUAL_TIMER);
    }

    private void shared(PhysicalGic gic, int acknowledged, int id) {
        A64Vm owner = (A64Vm) owners.of(id);
        gic.dropPriority(acknowledged);
        if (owner == null) {
            listener.message("interrupt " + id + " belongs to no VM: disabled");
            gic.enable(id, false);
            gic.deactivate(acknowledged);
            return;
        }
        if (owner.hasPartialPassthrough()) {
            owner.hold(gic, id);
            gic.deactivate(acknowledged);
            return;
        }
        owner.distributor().raiseShared(id);
    }
}
