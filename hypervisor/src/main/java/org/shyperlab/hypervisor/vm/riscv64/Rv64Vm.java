package org.shyperlab.hypervisor.vm.riscv64;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.interrupt.riscv64.VirtualPlic;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.riscv64.GStageTable;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vm.GuestVm;

/** A RISC-V VM: G-stage table, virtual PLIC, emulated devices and vCPUs. {@link Rv64VmBuilder} puts it together. */
public final class Rv64Vm extends GuestVm {
    private final GStageTable stageTwo;
    private final GuestRam memory;
    private final List<Rv64Vcpu> vcpus = new ArrayList<>();
    private @Nullable VirtualPlic plic;
    private long timeOffset;

    Rv64Vm(int id, VmSetup setup, AddressSpace bus, GStageTable stageTwo) {
        super(id, setup, bus, stageTwo);
        this.stageTwo = stageTwo;
        memory = new GuestRam(bus, stageTwo);
    }

    void add(Rv64Vcpu vcpu) {
        vcpus.add(vcpu);
    }

    void plic(VirtualPlic newPlic) {
        plic = newPlic;
    }

    @Override
    public List<Rv64Vcpu> vcpus() {
        return vcpus;
    }

    /** Its stage-2 table. */
    public GStageTable stageTwo() {
        return stageTwo;
    }

    /** Its RAM, for reading and writing on its behalf. */
    public GuestRam memory() {
        return memory;
    }

    /** Its virtual PLIC, or null when it has none. */
    public @Nullable VirtualPlic plic() {
        return plic;
    }

    /** hgatp: table and VMID. VMID 0 is not used. */
    public long translationBase() {
        return stageTwo.controlRegister(id() + 1);
    }

    /** htimedelta: the VM's time starts at zero when the VM does. */
    public long timeOffset() {
        return timeOffset;
    }

    /** Sets htimedelta; at the VM's start. */
    public void timeOffset(long value) {
        timeOffset = value;
    }
}
