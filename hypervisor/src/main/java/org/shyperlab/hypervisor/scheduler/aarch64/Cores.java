package org.shyperlab.hypervisor.scheduler.aarch64;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.interrupt.aarch64.CpuInterface;
import org.shyperlab.hypervisor.interrupt.aarch64.InterruptRouter;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalGic;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;

/**
 * All physical cores, and how work gets from one to another: a request is noted with the vCPU it concerns, and SGI 1 makes the vCPU's
 * core look. Nothing touches another core's registers or its virtual interface.
 *
 * <p>A core whose guest owns its interrupts (GIC partial passthrough) takes no interrupts at EL2, so no SGI is sent there: it would
 * reach the guest. Such a core serves its requests at its next trap.
 */
public final class Cores implements InterruptRouter {
    private final HypervisorListener listener;
    private List<PhysicalCore> cores = List.of();
    private @Nullable PhysicalCore here;

    /** No cores yet: {@link #set} completes it. */
    public Cores(HypervisorListener listener) {
        this.listener = listener;
    }

    /** Sets the cores, by index. */
    public void set(List<PhysicalCore> all) {
        cores = List.copyOf(all);
        for (PhysicalCore core : cores) {
            for (int i = 0; i < core.queue().size(); i++) {
                A64Vcpu vcpu = core.queue().get(i);
                vcpu.gic().owner(vcpu);
            }
        }
    }

    /** A core by its index. */
    public PhysicalCore get(int index) {
        return cores.get(index);
    }

    /** Number of cores. */
    public int size() {
        return cores.size();
    }

    /** Notes which core executes at EL2 now; null when none does. */
    public void enter(@Nullable PhysicalCore core) {
        here = core;
    }

    /** The core that executes at EL2 now, or null. */
    public @Nullable PhysicalCore executing() {
        return here;
    }

    @Override
    public @Nullable PhysicalGic here() {
        PhysicalCore executing = here;
        return executing == null ? null : executing.gic();
    }

    /** Asks the vCPU's core to do something with it: at once when that is this core, by IPI otherwise. */
    public void request(A64Vcpu vcpu, int what) {
        PhysicalCore target = cores.get(vcpu.core());
        if (vcpu.request(what)) {
            target.post(vcpu);
            A64Vcpu resident = target.resident();
            boolean deaf = resident != null && resident.machine().hasPartialPassthrough();
            PhysicalCore executing = here;
            if (deaf) {
                return;
            }
            if (executing == null) {
                target.gic().sendIpiToSelf();
            } else {
                executing.gic().sendIpi(target.gic().ownMask());
            }
        }
    }

    @Override
    public void changed(CpuInterface cpu) {
        A64Vcpu vcpu = (A64Vcpu) cpu.owner();
        PhysicalCore target = cores.get(vcpu.core());
        if (target == here) {
            target.interruptsChanged(vcpu);
        } else if (vcpu.state() != VcpuState.OFF) {
            request(vcpu, A64Vcpu.REQUEST_INTERRUPTS);
        }
    }

    @Override
    public void route(int physical, CpuInterface cpu) {
        PhysicalGic gic = here();
        if (gic != null) {
            gic.route(physical, cores.get(cpu.core()).gic().ownMask());
        }
    }

    @Override
    public void injected(CpuInterface cpu, int id) {
        cpu.owner().countInjection();
        listener.interruptInjected(cpu.owner(), id);
    }
}
