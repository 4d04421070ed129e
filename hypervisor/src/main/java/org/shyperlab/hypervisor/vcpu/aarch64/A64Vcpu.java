package org.shyperlab.hypervisor.vcpu.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Context;
import org.shyperlab.hypervisor.interrupt.aarch64.CpuInterface;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;

/** An AArch64 vCPU: its register file while it is not in a core, its virtual CPU interface and its emulated physical timer. */
public final class A64Vcpu extends Vcpu {
    /** Requests of other cores, carried out by this vCPU's core when the IPI arrives. */
    public static final int REQUEST_START = 1;
    /** Stop the vCPU: its VM ends. */
    public static final int REQUEST_STOP = 1 << 1;
    /** Its interrupts changed. */
    public static final int REQUEST_INTERRUPTS = 1 << 2;

    private final A64Vm vm;
    private final CpuInterface gic;
    private final PhysicalTimer timer = new PhysicalTimer();
    private A64Context context;
    private int requests;
    private long entry;
    private long argument;

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

    /** Remembers where the vCPU shall start. */
    public void startAt(long address, long x0) {
        entry = address;
        argument = x0;
    }

    /** Puts the register file into reset state with the start address and X0 that were asked for (PSCI 6.4). */
    public void resetTo(A64Context fresh) {
        fresh.pc(entry);
        fresh.x(0, argument);
        context = fresh;
        timer.reset();
    }

    /** Adds a request; true when none was pending, so that an IPI is needed. */
    public boolean request(int what) {
        boolean first = requests == 0;
        requests |= what;
        return first;
    }

    /** Takes all pending requests. */
    public int takeRequests() {
        int taken = requests;
        requests = 0;
        return taken;
    }
}
