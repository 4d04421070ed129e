package org.shyperlab.hypervisor.interrupt.aarch64;

import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;

/** The way from the virtual GICs to the cores: those of the scheduler. */
public final class VcpuInterrupts implements InterruptRouter {
    private final Cores cores;
    private final HypervisorListener listener;

    /** Routes to {@code cores}. */
    public VcpuInterrupts(Cores cores, HypervisorListener listener) {
        this.cores = cores;
        this.listener = listener;
    }

    @Override
    public PhysicalGic here() {
        PhysicalCore executing = cores.executing();
        return ((A64PhysicalCore) (executing == null ? cores.get(0) : executing)).gic();
    }

    @Override
    public void changed(CpuInterface cpu) {
        cores.interruptsChanged(cpu.owner());
    }

    @Override
    public void route(int physical, CpuInterface cpu) {
        here().route(physical, ((A64PhysicalCore) cores.get(cpu.core())).gic().ownMask());
    }

    @Override
    public void injected(CpuInterface cpu, int id) {
        cpu.owner().countInjection();
        listener.interruptInjected(cpu.owner(), id);
    }
}
