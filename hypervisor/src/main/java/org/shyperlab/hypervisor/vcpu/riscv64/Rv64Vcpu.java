package org.shyperlab.hypervisor.vcpu.riscv64;

import org.shyperlab.emulator.core.riscv64.Rv64Context;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.riscv64.Rv64Vm;

/** A RISC-V vCPU: its register file while it is not in a hart, and the interrupts that others have for it. */
public final class Rv64Vcpu extends Vcpu {
    private final Rv64Vm vm;
    private Rv64Context context;
    private boolean external;
    private boolean software;

    /** vCPU {@code index} of {@code vm} on hart {@code hart}, switched off. */
    public Rv64Vcpu(Rv64Vm vm, int index, int hart, Rv64Context context) {
        super(vm.id(), index, hart);
        this.vm = vm;
        this.context = context;
    }

    /** Its VM. */
    public Rv64Vm machine() {
        return vm;
    }

    /** The register file; stale while the vCPU is resident in a hart. */
    public Rv64Context context() {
        return context;
    }

    /** Reset state at the entry point: a0 the hart's number in the VM, a1 the argument (SBI 2.0, HSM hart start). */
    public void resetTo(Rv64Context fresh) {
        fresh.pc(entry());
        fresh.x(10, index());
        fresh.x(11, argument());
        context = fresh;
        software = false;
    }

    /** The level of its external interrupt, as its virtual interrupt controller drives it. */
    public boolean external() {
        return external;
    }

    /** Sets the level of its external interrupt; its hart has to be told. */
    public void external(boolean asserted) {
        external = asserted;
    }

    /** Another hart of the VM sends a software interrupt; its hart has to be told. */
    public void raiseSoftware() {
        software = true;
    }

    /** Takes the software interrupt that was sent, if one was. */
    public boolean takeSoftware() {
        boolean taken = software;
        software = false;
        return taken;
    }
}
