package org.shyperlab.hypervisor;

import org.shyperlab.emulator.core.Trap;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.ManagedVms;
import org.shyperlab.hypervisor.vm.VmControl;

/** What the hypervisor consists of on one architecture. */
interface Architecture {
    /** The board's cores. */
    Cores cores();

    /** The VMs' control. */
    VmControl control();

    /** What hypercalls can do. */
    ManagedVms managed();

    /** Core 0 puts the board's interrupt controller into a known state. */
    void initialiseInterrupts();

    /** Handles an exception of the vCPU that runs on the core. */
    void trap(PhysicalCore core, Vcpu vcpu, Trap trap);

    /** Handles what interrupts the core. */
    void interrupt(PhysicalCore core);
}
