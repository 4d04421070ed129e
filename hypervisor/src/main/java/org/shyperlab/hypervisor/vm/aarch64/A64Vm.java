package org.shyperlab.hypervisor.vm.aarch64;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.interrupt.aarch64.Distributor;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalGic;
import org.shyperlab.hypervisor.memory.aarch64.GuestMemory;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vm.Vm;

/** An AArch64 VM: stage-2 table, virtual GIC, emulated devices and vCPUs. {@link A64VmBuilder} puts it together. */
public final class A64Vm extends Vm {
    private final GuestMemory memory;
    private final Distributor distributor;
    private final List<A64Vcpu> vcpus = new ArrayList<>();
    private final boolean partialPassthrough;
    private final BitSet held = new BitSet();

    A64Vm(int id, VmSetup setup, AddressSpace bus, StageTwoTable stageTwo, Distributor distributor) {
        super(id, setup, bus, stageTwo);
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

    @Override
    public GuestMemory memory() {
        return memory;
    }

    /** A VM that owns its interrupts has no virtual ones: the wires of its emulated devices end nowhere. */
    @Override
    public InterruptLine line(int interrupt) {
        boolean connected = interrupt >= PhysicalGic.FIRST_SPI && !partialPassthrough;
        return connected ? high -> distributor.setLine(interrupt, high) : InterruptLine.UNCONNECTED;
    }

    /** A GIC forgets the edge of an interrupt that the guest has left level-sensitive: it is pended as by a write of GICD_ISPENDR. */
    @Override
    public void pulse(int interrupt) {
        if (interrupt >= PhysicalGic.FIRST_SPI && !partialPassthrough) {
            distributor.raiseShared(interrupt);
        }
    }

    @Override
    protected void resetInterrupts() {
        distributor.reset();
        held.clear();
    }

    /** Its emulated distributor. */
    public Distributor distributor() {
        return distributor;
    }

    /** An interrupt of this VM, which owns its interrupts, came while the VM was paused: it waits, and is disabled meanwhile. */
    public void hold(PhysicalGic gic, int id) {
        gic.enable(id, false);
        gic.setPending(id, true);
        held.set(id);
    }

    /** The VM goes on: what was held comes to it. */
    public void returnHeld(PhysicalGic gic) {
        for (int id = held.nextSetBit(0); id >= 0; id = held.nextSetBit(id + 1)) {
            gic.enable(id, true);
        }
        held.clear();
    }

    /** Whether it owns its interrupts: no list registers, device interrupts reach it without a trap. */
    public boolean hasPartialPassthrough() {
        return partialPassthrough;
    }

    /** VTTBR_EL2: table and VMID. VMID 0 is not used. */
    public long translationBase() {
        return stageTwo().root() | (long) (id() + 1) << 48;
    }
}
