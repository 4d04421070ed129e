package org.shyperlab.hypervisor.scheduler.riscv64;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;

/**
 * All physical harts, and how work gets from one to another: a request is noted with the vCPU it concerns, and a software interrupt
 * makes the vCPU's hart look. Nothing touches another hart's registers.
 */
public final class Harts {
    private List<PhysicalHart> harts = List.of();
    private @Nullable PhysicalHart here;

    /** Sets the harts, by index. */
    public void set(List<PhysicalHart> all) {
        harts = List.copyOf(all);
    }

    /** A hart by its index. */
    public PhysicalHart get(int index) {
        return harts.get(index);
    }

    /** Number of harts. */
    public int size() {
        return harts.size();
    }

    /** Notes which hart executes at HS now; null when none does. */
    public void enter(@Nullable PhysicalHart hart) {
        here = hart;
    }

    /** The hart that executes at HS now, or null. */
    public @Nullable PhysicalHart executing() {
        return here;
    }

    /** Asks the vCPU's hart to do something with it, by IPI. */
    public void request(Rv64Vcpu vcpu, int what) {
        PhysicalHart target = harts.get(vcpu.core());
        if (vcpu.request(what)) {
            target.post(vcpu);
            PhysicalHart executing = here == null ? target : here;
            executing.core().callFirmware(Sbi.IPI, 0, 1, target.core().index(), 0);
        }
    }

    /** The external interrupt of a vCPU changes. */
    public void external(Rv64Vcpu vcpu, boolean asserted) {
        vcpu.external(asserted);
        if (asserted) {
            vcpu.countInjection();
        }
        interruptsChanged(vcpu);
    }

    /** A software interrupt for a vCPU. */
    public void softwareInterrupt(Rv64Vcpu vcpu) {
        vcpu.raiseSoftware();
        interruptsChanged(vcpu);
    }

    private void interruptsChanged(Rv64Vcpu vcpu) {
        PhysicalHart target = harts.get(vcpu.core());
        if (target == here) {
            target.interruptsChanged(vcpu);
        } else if (vcpu.state() != VcpuState.OFF) {
            request(vcpu, Vcpu.REQUEST_INTERRUPTS);
        }
    }
}
