package org.shyperlab.hypervisor.vm.riscv64;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.interrupt.riscv64.VirtualController;
import org.shyperlab.hypervisor.interrupt.riscv64.VirtualPlic;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.riscv64.GStageTable;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vm.Vm;

/** A RISC-V VM: G-stage table, virtual interrupt controller, emulated devices and vCPUs. {@link Rv64VmBuilder} puts it together. */
public final class Rv64Vm extends Vm {
    private final GStageTable stageTwo;
    private final GuestRam memory;
    private final List<Rv64Vcpu> vcpus = new ArrayList<>();
    private int guestFile;
    private @Nullable VirtualController controller;
    private @Nullable Sbi firmware;

    Rv64Vm(int id, VmSetup setup, AddressSpace bus, GStageTable stageTwo) {
        super(id, setup, bus, stageTwo);
        this.stageTwo = stageTwo;
        memory = new GuestRam(bus, stageTwo);
    }

    void add(Rv64Vcpu vcpu) {
        vcpus.add(vcpu);
    }

    void controller(VirtualController newController) {
        controller = newController;
    }

    void guestFile(int number) {
        guestFile = number;
    }

    @Override
    public List<Rv64Vcpu> vcpus() {
        return vcpus;
    }

    @Override
    public GuestRam memory() {
        return memory;
    }

    @Override
    public InterruptLine line(int interrupt) {
        VirtualController present = controller;
        return present == null || interrupt == 0 ? InterruptLine.UNCONNECTED : present.source(interrupt);
    }

    @Override
    protected void resetInterrupts() {
        // The interrupt controller is one of the emulated devices.
    }

    /** Its interrupt controller, or null when it has none. */
    public @Nullable VirtualController controller() {
        return controller;
    }

    /** Its virtual PLIC, or null when it has none. */
    public @Nullable VirtualPlic plic() {
        return controller instanceof VirtualPlic plic ? plic : null;
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
