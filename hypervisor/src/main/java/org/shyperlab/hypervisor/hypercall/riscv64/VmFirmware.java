package org.shyperlab.hypervisor.hypercall.riscv64;

import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.firmware.PowerControl;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.emulator.firmware.SbiHarts;
import org.shyperlab.emulator.firmware.SbiMemory;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.scheduler.riscv64.Harts;
import org.shyperlab.hypervisor.scheduler.riscv64.PhysicalHart;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vm.riscv64.Rv64Vm;
import org.shyperlab.hypervisor.vm.riscv64.VmControl;

/**
 * SBI as one VM sees it. The protocol is the board's firmware; harts, power and memory are those of this VM and of no other, so that
 * an IPI, a fence or an address never leaves it.
 */
final class VmFirmware implements PowerControl, SbiHarts, SbiMemory {
    private final Rv64Vm vm;
    private final Harts harts;
    private final VmControl control;
    private final HypervisorListener listener;
    private final Sbi sbi = new Sbi(this, this, this);

    VmFirmware(Rv64Vm vm, Harts harts, VmControl control, HypervisorListener listener) {
        this.vm = vm;
        this.harts = harts;
        this.control = control;
        this.listener = listener;
    }

    Sbi sbi() {
        return sbi;
    }

    private Rv64Core here() {
        PhysicalHart executing = harts.executing();
        if (executing == null) {
            throw new IllegalStateException("an SBI call outside of a hart");
        }
        return executing.core();
    }

    // ---- power ----

    @Override
    public int cores() {
        return vm.vcpus().size();
    }

    @Override
    public boolean isOn(int vcpu) {
        return vm.vcpus().get(vcpu).state() != VcpuState.OFF;
    }

    @Override
    public void powerOn(int vcpu, long entry, long context) {
        control.powerOn(vm.vcpus().get(vcpu), entry, context);
    }

    @Override
    public void powerOff(int vcpu) {
        control.powerOff(vm.vcpus().get(vcpu));
    }

    @Override
    public void suspend(int vcpu) {
        Rv64Vcpu waiting = vm.vcpus().get(vcpu);
        harts.get(waiting.core()).waitForInterrupt(waiting);
    }

    @Override
    public void systemOff() {
        control.systemOff(vm);
    }

    @Override
    public void systemReset() {
        control.systemReset(vm);
    }

    // ---- harts ----

    @Override
    public void timer(int vcpu, long ticks) {
        harts.get(vm.vcpus().get(vcpu).core()).guestTimer(ticks);
    }

    @Override
    public void softwareInterrupt(int vcpu) {
        harts.softwareInterrupt(vm.vcpus().get(vcpu));
    }

    @Override
    public void flushTranslations() {
        here().invalidateTranslations();
    }

    @Override
    public void write(int character) {
        listener.consoleOutput(vm.id(), (byte) character);
    }

    @Override
    public int read() {
        return -1;
    }

    // ---- memory ----

    @Override
    public boolean isRam(long address, long length) {
        GuestRam memory = vm.memory();
        if (address < 0 || length < 0 || address + length < 0) {
            return false;
        }
        for (long page = address & -StageTwo.PAGE; page < address + length; page += StageTwo.PAGE) {
            if (memory.physical(page, 1) == StageTwo.UNMAPPED) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int readByte(long address) {
        return (int) here().readPhysical(vm.memory().physical(address, 1), 1);
    }

    @Override
    public void writeByte(long address, int value) {
        here().writePhysical(vm.memory().physical(address, 1), 1, value);
    }
}
