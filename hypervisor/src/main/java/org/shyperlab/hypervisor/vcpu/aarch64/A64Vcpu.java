package org.shyperlab.hypervisor.vcpu.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Context;
import org.shyperlab.hypervisor.interrupt.aarch64.CpuInterface;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;

/** An AArch64 vCPU: its register file while it is not in a core, its virtual CPU interface and its emulated physical timer. */
public final class A64Vcpu extends Vcpu {
    private final A64Vm vm;
    private final CpuInterface gic;
    private final PhysicalTimer timer = new PhysicalTimer();
    private A64Context context;

    /** vCPU {@code index} of {@code vm} on physical core {@code core}, switched off, with an empty register file. */
    public A64Vcpu(A64Vm vm, int index, int core, CpuInterface gic, A64Context context) {
        super(vm.id(), index, core);
        this.vm = vm;
        this.gic = gic;
        this.context = context;
    }

    /** Its VM. */
    public A64Vm machine() {
        return vm;
    }

    /** Its virtual CPU interface. */
    public CpuInterface gic() {
        return gic;
    }

    /** Its emulated physical timer. */
    public PhysicalTimer timer() {
        return timer;
    }

    /** The register file; stale while the vCPU is resident in a core. */
    public A64Context context() {
        return context;
    }

    /** What the guest sees in MPIDR_EL1: affinity 0 counts the vCPUs (D24.2.98). */
    public long affinity() {
        return 1L << 31 | index();
    }

    /** Puts the register file into reset state with the start address and X0 that were asked for (PSCI 6.4). */
    public void resetTo(A64Context fresh) {
        fresh.pc(entry());
        fresh.x(0, argument());
        context = fresh;
        timer.reset();
    }
}
