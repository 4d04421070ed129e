package org.shyperlab.hypervisor.vm.riscv64;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.interrupt.riscv64.VirtualPlic;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.riscv64.GStageTable;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vm.Vm;

/** A RISC-V VM: G-stage table, virtual PLIC, emulated devices and vCPUs. {@link Rv64VmBuilder} puts it together. */
public final class Rv64Vm extends Vm {
    private final GStageTable stageTwo;
    private final GuestRam memory;
    private final List<Rv64Vcpu> vcpus = new ArrayList<>();
    private final int guestFile;
    private @Nullable VirtualPlic plic;
    private @Nullable Sbi firmware;

    Rv64Vm(int id, VmSetup setup, AddressSpace bus, GStageTable stageTwo, int guestFile) {
        super(id, setup, bus, stageTwo);
        this.stageTwo = stageTwo;
        this.guestFile = guestFile;
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

    @Override
    public GuestRam memory() {
        return memory;
    }

    /** A VM without a PLIC of its own has no wires: devices of the board send it messages. */
    @Override
    public InterruptLine line(int interrupt) {
        VirtualPlic controller = plic;
        return controller == null || interrupt == 0 ? InterruptLine.UNCONNECTED : controller.source(interrupt);
    }

    @Override
    protected void resetInterrupts() {
        // The interrupt controller is one of the emulated devices.
    }

    /** Its virtual PLIC, or null when it has none. */
    public @Nullable VirtualPlic plic() {
        return plic;
    }

    /** Number of the guest interrupt file that the VM has in each hart (hstatus.VGEIN); 0 for none. */
    public int guestFile() {
        return guestFile;
    }

    /** SBI as this VM sees it. */
    public Sbi firmware() {
        Sbi present = firmware;
        if (present == null) {
            throw new IllegalStateException(this + " has no firmware yet");
        }
        return present;
    }

    /** Sets what {@link #firmware} tells; once. */
    public void firmware(Sbi sbi) {
        firmware = sbi;
    }

    /** hgatp: table and VMID. VMID 0 is not used. */
    public long translationBase() {
        return stageTwo.controlRegister(id() + 1);
    }
}
