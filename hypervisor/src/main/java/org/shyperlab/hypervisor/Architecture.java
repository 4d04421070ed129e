package org.shyperlab.hypervisor;

import org.shyperlab.emulator.core.Trap;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.ManagedVms;
import org.shyperlab.hypervisor.vm.VmBuilder;
import org.shyperlab.hypervisor.vm.VmControl;

/** What the hypervisor consists of on one architecture. */
abstract class Architecture {
    private final Cores cores;
    private final VmControl control;
    private final ManagedVms managed;

    /** VMs of {@code builder} on these cores. */
    Architecture(
            Cores cores,
            VmBuilder builder,
            PlatformDescription platform,
            HypervisorOptions options,
            HypervisorListener listener) {
        this.cores = cores;
        control = new VmControl(builder, cores, listener);
        managed = new ManagedVms(control, cores, platform, listener, options);
    }

    /** The board's cores. */
    final Cores cores() {
        return cores;
    }

    /** The VMs' control. */
    final VmControl control() {
        return control;
    }

    /** What hypercalls can do. */
    final ManagedVms managed() {
        return managed;
    }

    /** Core 0 puts the board's interrupt controller into a known state. */
    abstract void initialiseInterrupts();

    /** Handles an exception of the vCPU that runs on the core. */
    abstract void trap(PhysicalCore core, Vcpu vcpu, Trap trap);

    /** Handles what interrupts the core. */
    abstract void interrupt(PhysicalCore core);
}
