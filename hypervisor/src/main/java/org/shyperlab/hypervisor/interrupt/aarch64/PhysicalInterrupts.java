package org.shyperlab.hypervisor.interrupt.aarch64;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.scheduler.aarch64.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;
import org.shyperlab.hypervisor.vm.aarch64.VmControl;

/** Physical interrupts taken at EL2: IPIs, maintenance, the hypervisor's timer, and those that belong to a VM. */
public final class PhysicalInterrupts {
    private final @Nullable A64Vm[] owners;
    private final VmControl control;
    private final HypervisorListener listener;

    /** Interrupts of a board with {@code count} ids, whose shared ones belong to the VMs that have them in an interrupt list. */
    public PhysicalInterrupts(int count, List<A64Vm> vms, VmControl control, HypervisorListener listener) {
        owners = new A64Vm[count];
        this.control = control;
        this.listener = listener;
        for (A64Vm vm : vms) {
            for (VmConfig.Passthrough device : vm.config().passthrough()) {
                for (int interrupt : device.interrupts()) {
                    if (interrupt >= PhysicalGic.FIRST_SPI) {
                        owners[interrupt] = vm;
                    }
                }
            }
        }
    }

    /** Acknowledges one interrupt and does what it asks for. */
    public void take(PhysicalCore core) {
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
                A64Vcpu resident = core.resident();
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
    private static void virtualTimer(PhysicalCore core, int acknowledged) {
        A64Vcpu resident = core.resident();
        core.gic().dropPriority(acknowledged);
        if (resident == null) {
            core.gic().deactivate(acknowledged);
            return;
        }
        resident.machine().distributor().raise(resident.gic(), PhysicalGic.VIRTUAL_TIMER);
    }

    private void shared(PhysicalGic gic, int acknowledged, int id) {
        A64Vm owner = id < owners.length ? owners[id] : null;
        gic.dropPriority(acknowledged);
        if (owner == null) {
            listener.message("interrupt " + id + " belongs to no VM: disabled");
            gic.enable(id, false);
            gic.deactivate(acknowledged);
            return;
        }
        owner.distributor().raiseShared(id);
    }
}
