package org.shyperlab.hypervisor.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;

/**
 * All physical cores, and how work gets from one to another: a request is noted with the vCPU it concerns, and an IPI makes the
 * vCPU's core look. Nothing touches another core's registers.
 *
 * <p>A core whose guest owns its interrupts takes none at the hypervisor's level, so no IPI is sent there: it would reach the guest.
 * Such a core serves its requests at its next trap; who cannot wait for that withholds the guest's memory.
 */
public final class Cores {
    private final List<? extends PhysicalCore> cores;
    private @Nullable PhysicalCore here;

    /** These cores, by index. */
    public Cores(List<? extends PhysicalCore> cores) {
        this.cores = List.copyOf(cores);
    }

    /** A core by its index. */
    public PhysicalCore get(int index) {
        return cores.get(index);
    }

    /** Number of cores. */
    public int size() {
        return cores.size();
    }

    /** Notes which core executes at the hypervisor's level now; null when none does. */
    public void enter(@Nullable PhysicalCore core) {
        here = core;
    }

    /** The core that executes at the hypervisor's level now, or null: the machine is between two turns. */
    public @Nullable PhysicalCore executing() {
        return here;
    }

    /** Powers on the cores that have vCPUs and are still off. Called on a core. */
    public void powerOnNeeded(PhysicalCore from) {
        for (int i = 0; i < cores.size(); i++) {
            PhysicalCore core = cores.get(i);
            if (!core.isOn() && core.queue().size() > 0) {
                core.markOn();
                from.powerOn(core);
            }
        }
    }

    /** Asks the vCPU's core to do something with it, by IPI. */
    public void request(Vcpu vcpu, int what) {
        PhysicalCore target = vcpu.home();
        if (vcpu.request(what)) {
            target.post(vcpu);
            Vcpu resident = target.resident();
            if (resident != null && resident.ownsInterrupts()) {
                return;
            }
            PhysicalCore from = here == null ? target : here;
            from.sendIpi(target);
        }
    }

    /** Interrupts a vCPU's core, whoever takes the interrupt there: a guest that owns its interrupts leaves its wait. */
    public void kick(Vcpu vcpu) {
        PhysicalCore target = vcpu.home();
        PhysicalCore from = here == null ? target : here;
        from.kick(target);
    }

    /** A vCPU's interrupts changed: its own core brings them up to date, at once if it is the one that executes. */
    public void interruptsChanged(Vcpu vcpu) {
        PhysicalCore target = vcpu.home();
        if (target == here) {
            target.interruptsChanged(vcpu);
        } else if (vcpu.state() != VcpuState.OFF) {
            request(vcpu, Vcpu.REQUEST_INTERRUPTS);
        }
    }
}
