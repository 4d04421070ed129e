package org.shyperlab.hypervisor.vm.riscv64;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.uart.Ns16550;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.device.uart.SerialPort;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.BackEnds;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.hypercall.riscv64.VmFirmware;
import org.shyperlab.hypervisor.interrupt.InterruptOwners;
import org.shyperlab.hypervisor.interrupt.riscv64.GuestFiles;
import org.shyperlab.hypervisor.interrupt.riscv64.PhysicalAplic;
import org.shyperlab.hypervisor.interrupt.riscv64.PhysicalPlic;
import org.shyperlab.hypervisor.interrupt.riscv64.VirtualAplic;
import org.shyperlab.hypervisor.interrupt.riscv64.VirtualController;
import org.shyperlab.hypervisor.interrupt.riscv64.VirtualPlic;
import org.shyperlab.hypervisor.memory.PagePool;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.memory.riscv64.GStageTable;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.scheduler.riscv64.Rv64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;
import org.shyperlab.hypervisor.vm.VmControl;

/** What RISC-V VMs are made of beside RAM: G-stage table, virtual PLIC or APLIC with guest interrupt files, and vCPUs. */
public final class Rv64VmBuilder extends VmBuilder {
    private final AddressSpace bus;
    private final Cores cores;
    private final @Nullable PhysicalPlic plic;
    private final @Nullable PhysicalAplic aplic;
    private final @Nullable GuestFiles files;
    private final int priorityBits;
    private final HypervisorListener listener;
    private @Nullable VmControl control;

    /**
     * A builder that hands out the memory of {@code platform}.
     *
     * @param plic the board's PLIC, or null when it has none
     * @param aplic the board's APLIC, or null when it has none
     */
    public Rv64VmBuilder(
            AddressSpace bus,
            PlatformDescription platform,
            HypervisorOptions options,
            Cores cores,
            InterruptOwners owners,
            @Nullable PhysicalPlic plic,
            @Nullable PhysicalAplic aplic,
            BackEnds backEnds,
            HypervisorListener listener) {
        super(bus, platform, options, cores, owners, backEnds, listener);
        this.bus = bus;
        this.cores = cores;
        this.plic = plic;
        this.aplic = aplic;
        files = platform.interrupts() instanceof PlatformDescription.Aia board
                ? new GuestFiles(board, platform.cores())
                : null;
        this.listener = listener;
        priorityBits = platform.interrupts() instanceof PlatformDescription.Plic board ? board.priorityBits() : 0;
    }

    /** Sets what the VMs' firmware acts through; once, before the first VM is built. */
    public void firmware(VmControl newControl) {
        control = newControl;
    }

    @Override
    protected Vm newVm(int id, VmSetup setup, PagePool pages) {
        Rv64Vm vm = new Rv64Vm(id, setup, bus, new GStageTable(bus, pages));
        vm.firmware(new VmFirmware(vm, cores, Objects.requireNonNull(control), listener).sbi());
        return vm;
    }

    @Override
    protected Vcpu addVcpu(Vm vm, int index, PhysicalCore home) {
        Rv64Vcpu vcpu = new Rv64Vcpu((Rv64Vm) vm, index, (Rv64PhysicalCore) home);
        ((Rv64Vm) vm).add(vcpu);
        return vcpu;
    }

    @Override
    protected EmulatedDevice device(Vm vm, VmConfig.Emulated emulated) {
        Rv64Vm machine = (Rv64Vm) vm;
        VirtualController created;
        if (emulated.type() == EmulatedDeviceType.PLIC && plic != null) {
            created = plic(machine, emulated, plic);
        } else if (emulated.type() == EmulatedDeviceType.APLIC && aplic != null && files != null) {
            created = aplic(machine, emulated, aplic, files);
        } else {
            throw new IllegalArgumentException("device %s of VM %s: type %s is not implemented on this board"
                    .formatted(emulated.name(), vm.name(), emulated.type()));
        }
        machine.controller(created);
        return created;
    }

    private VirtualPlic plic(Rv64Vm vm, VmConfig.Emulated emulated, PhysicalPlic board) {
        return new VirtualPlic(
                "vm" + vm.id() + "/" + emulated.name(),
                board,
                vm.config().cpu().cores(),
                priorityBits,
                (vcpu, asserted) -> external(vm.vcpus().get(vcpu), asserted),
                emulated.region().length(),
                listener.deviceErrors(vm.id()));
    }

    private VirtualAplic aplic(Rv64Vm vm, VmConfig.Emulated emulated, PhysicalAplic board, GuestFiles guestFiles) {
        int[] harts = vm.config().cpu().cores();
        int number = guestFiles.claim(vm.toString(), vm.config());
        vm.guestFile(number);
        for (int i = 0; i < harts.length && !guestFiles.areMappedBy(vm.config()); i++) {
            long page = guestFiles.page(harts[i], number);
            vm.stageTwo().map(guestFiles.seenAt(i), page, StageTwo.PAGE, StageTwo.Attributes.DEVICE, false);
        }
        return new VirtualAplic(
                "vm" + vm.id() + "/" + emulated.name(),
                board,
                new VirtualAplic.Place(harts, number, guestFiles.identities()),
                (vcpu, identity) -> message(vm.vcpus().get(vcpu), guestFiles, identity),
                emulated.region().length(),
                listener.deviceErrors(vm.id()));
    }

    private void message(Rv64Vcpu vcpu, GuestFiles guestFiles, int identity) {
        vcpu.countInjection();
        listener.interruptInjected(vcpu, Rv64Vcpu.EXTERNAL_INTERRUPT);
        long page = guestFiles.page(vcpu.core(), vcpu.machine().guestFile());
        bus.write(vcpu.core(), page, Integer.BYTES, identity);
    }

    private void external(Rv64Vcpu vcpu, boolean asserted) {
        if (!vcpu.external(asserted)) {
            return;
        }
        if (asserted) {
            vcpu.countInjection();
            listener.interruptInjected(vcpu, Rv64Vcpu.EXTERNAL_INTERRUPT);
        }
        cores.interruptsChanged(vcpu);
    }

    @Override
    protected SerialPort serialPort(String name, SerialOutput output, InterruptLine interrupt, GuestErrors errors) {
        return new Ns16550(name, output, interrupt, errors);
    }

    @Override
    protected void connect(Vm vm, VmConfig.Passthrough device, int interrupt) {
        VirtualController controller = ((Rv64Vm) vm).controller();
        if (controller == null) {
            throw new IllegalArgumentException(
                    "device %s of VM %s has interrupt %d, but the VM has no interrupt controller (%s%s)"
                            .formatted(
                                    device.name(),
                                    vm.name(),
                                    interrupt,
                                    EmulatedDeviceType.PREFIX,
                                    plic == null ? EmulatedDeviceType.APLIC : EmulatedDeviceType.PLIC));
        }
        controller.link(interrupt);
    }

    /** Interrupt files were looked at when the VM got its APLIC. */
    @Override
    protected void admit(Vm vm, VmConfig.Passthrough device) {
        if (files != null && files.holds(device) && ((Rv64Vm) vm).guestFile() == 0) {
            throw new IllegalArgumentException("device %s of VM %s is an interrupt file, but the VM has no %s%s"
                    .formatted(device.name(), vm.name(), EmulatedDeviceType.PREFIX, EmulatedDeviceType.APLIC));
        }
    }

    @Override
    protected void disconnect(Vm vm) {
        if (files != null) {
            files.release(vm.toString());
        }
    }

    @Override
    protected int interruptFiles() {
        return files == null ? 0 : files.claimed();
    }
}
