package org.shyperlab.hypervisor.vm.aarch64;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.interrupt.aarch64.Distributor;
import org.shyperlab.hypervisor.memory.aarch64.GuestMemory;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vm.GuestVm;

/** An AArch64 VM: stage-2 table, virtual GIC, emulated devices and vCPUs. {@link VmBuilder} puts it together. */
public final class A64Vm extends GuestVm {
    private final StageTwoTable stageTwo;
    private final GuestMemory memory;
    private final Distributor distributor;
    private final List<A64Vcpu> vcpus = new ArrayList<>();
    private long counterOffset;
    private final boolean partialPassthrough;

    A64Vm(int id, VmSetup setup, AddressSpace bus, StageTwoTable stageTwo, Distributor distributor) {
        super(id, setup, bus, stageTwo);
        this.stageTwo = stageTwo;
        this.distributor = distributor;
        memory = new GuestMemory(bus, stageTwo);
        partialPassthrough = setup.config().has(EmulatedDeviceType.GPPT);
    }

    void add(A64Vcpu vcpu) {
        vcpus.add(vcpu);
    }

    @Override
    public List<A64Vcpu> vcpus() {
        return vcpus;
    }

    /** Its stage-2 table. */
    public StageTwoTable stageTwo() {
        return stageTwo;
    }

    /** Its memory, for reading and writing on its behalf. */
    public GuestMemory memory() {
        return memory;
    }

    /** Its emulated distributor. */
    public Distributor distributor() {
        return distributor;
    }

    /** Whether it owns its interrupts: no list registers, device interrupts reach it without a trap. */
    public boolean hasPartialPassthrough() {
        return partialPassthrough;
    }

    /** VTTBR_EL2: table and VMID. VMID 0 is not used. */
    public long translationBase() {
        return stageTwo.root() | (long) (id() + 1) << 48;
    }

    /** CNTVOFF_EL2: the VM's counter starts at zero when the VM does. */
    public long counterOffset() {
        return counterOffset;
    }

    /** Sets the counter's offset; at the VM's start. */
    public void counterOffset(long value) {
        counterOffset = value;
    }
}
