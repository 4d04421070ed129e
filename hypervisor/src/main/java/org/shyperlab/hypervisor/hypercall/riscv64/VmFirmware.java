package org.shyperlab.hypervisor.hypercall.riscv64;

import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.device.uart.SerialPort;
import org.shyperlab.emulator.firmware.PowerControl;
import org.shyperlab.emulator.firmware.PowerState;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.emulator.firmware.SbiHarts;
import org.shyperlab.emulator.firmware.SbiMemory;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.riscv64.Rv64Vm;

/**
 * SBI as one VM sees it. The protocol is the board's firmware; cores, power and memory are those of this VM and of no other, so that
 * an IPI, a fence or an address never leaves it.
 */
public final class VmFirmware implements PowerControl, SbiHarts, SbiMemory {
    private final Rv64Vm vm;
    private final Cores cores;
    private final VmControl control;
    private final HypervisorListener listener;
    private final Sbi sbi = new Sbi(this, this, this);

    /** Firmware of {@code vm}. */
    public VmFirmware(Rv64Vm vm, Cores cores, VmControl control, HypervisorListener listener) {
        this.vm = vm;
        this.cores = cores;
        this.control = control;
        this.listener = listener;
    }

    /** The protocol, for the trap handler. */
    public Sbi sbi() {
        return sbi;
    }

    private Rv64Core here() {
        PhysicalCore executing = cores.executing();
        if (executing == null) {
            throw new IllegalStateException("an SBI call outside of a hart");
        }
        return (Rv64Core) executing.core();
    }

    // ---- power ----

    @Override
    public int cores() {
        return vm.vcpus().size();
    }

    @Override
    public PowerState state(int vcpu) {
        Rv64Vcpu asked = vm.vcpus().get(vcpu);
        return switch (asked.state()) {
            case OFF -> PowerState.OFF;
            case STARTING -> PowerState.STARTING;
            case READY, RUNNING, PAUSED -> PowerState.ON;
            case BLOCKED -> asked.isSuspended() ? PowerState.SUSPENDED : PowerState.ON;
        };
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
        waiting.home().suspend(waiting);
    }

    @Override
    public void systemOff() {
        control.stop(vm);
    }

    @Override
    public void systemReset() {
        control.reset(vm);
    }

    // ---- harts ----

    @Override
    public boolean hasHypervisorExtension() {
        return false;
    }

    @Override
    public void timer(int vcpu, long ticks) {
        vm.vcpus().get(vcpu).timer(ticks);
    }

    @Override
    public void softwareInterrupt(int vcpu) {
        Rv64Vcpu target = vm.vcpus().get(vcpu);
        target.raiseSoftware();
        target.countInjection();
        listener.interruptInjected(target, Rv64Vcpu.SOFTWARE_INTERRUPT);
        cores.interruptsChanged(target);
    }

    @Override
    public void flushTranslations() {
        here().invalidateTranslations();
    }

    @Override
    public void write(int character) {
        listener.consoleOutput(vm.id(), (byte) character);
    }

    /** From the VM's emulated console; the management VM, which may have the board's instead, reads that through the firmware below. */
    @Override
    public int read() {
        SerialPort console = vm.console();
        if (console != null) {
            return console.poll();
        }
        return vm.id() == 0 ? (int) here().callFirmware(Sbi.LEGACY_GETCHAR, 0, 0, 0, 0) : -1;
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
