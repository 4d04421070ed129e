package org.shyperlab.hypervisor.vm.riscv64;

import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.RiscvPlatform;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.interrupt.riscv64.PhysicalPlic;
import org.shyperlab.hypervisor.interrupt.riscv64.VirtualPlic;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.PagePool;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.memory.riscv64.GStageTable;
import org.shyperlab.hypervisor.scheduler.riscv64.Harts;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vm.GuestVm;
import org.shyperlab.hypervisor.vm.VmRam;
import org.shyperlab.hypervisor.vm.VmState;

/** Makes VMs from checked configurations: takes memory, fills the G stage, loads images, creates the virtual PLIC and the vCPUs. */
public final class Rv64VmBuilder {
    private final AddressSpace bus;
    private final RiscvPlatform platform;
    private final HypervisorOptions options;
    private final Harts harts;
    private final PhysicalPlic plic;
    private final HypervisorListener listener;
    private final PagePool pool;
    private final VmRam ram;

    /** A builder that hands out the memory of {@code platform}. */
    public Rv64VmBuilder(
            AddressSpace bus,
            RiscvPlatform platform,
            HypervisorOptions options,
            Harts harts,
            PhysicalPlic plic,
            HypervisorListener listener) {
        this.bus = bus;
        this.platform = platform;
        this.options = options;
        this.harts = harts;
        this.plic = plic;
        this.listener = listener;
        pool = new PagePool(bus, platform.hypervisorMemory());
        ram = new VmRam(platform.vmMemory());
    }

    /**
     * Builds VM {@code id} and loads its images.
     *
     * @param core any hart, to make register files with
     * @throws org.shyperlab.hypervisor.memory.OutOfHypervisorMemory when the board has too little memory
     */
    public Rv64Vm build(int id, VmSetup setup, Rv64Core core) {
        VmConfig config = setup.config();
        int[] placement = config.cpu().cores();
        GStageTable stageTwo = new GStageTable(bus, pool);
        Rv64Vm vm = new Rv64Vm(id, setup, bus, stageTwo);
        for (MemoryRegion region : config.memory()) {
            MemoryRegion physical = ram.take(id, config, region);
            stageTwo.map(region.base(), physical.base(), region.length(), StageTwo.Attributes.NORMAL, options.blocks());
        }
        for (int i = 0; i < placement.length; i++) {
            vm.add(new Rv64Vcpu(vm, i, placement[i], core.newContext()));
        }
        for (VmConfig.Emulated emulated : config.emulated()) {
            addDevice(vm, placement, emulated);
        }
        for (VmConfig.Passthrough device : config.passthrough()) {
            MemoryRegion region = device.region();
            stageTwo.map(region.base(), device.physical(), region.length(), StageTwo.Attributes.DEVICE, true);
            for (int interrupt : device.interrupts()) {
                link(vm, device, interrupt);
            }
        }
        vm.load(false);
        vm.state(VmState.PENDING);
        return vm;
    }

    private void addDevice(Rv64Vm vm, int[] placement, VmConfig.Emulated emulated) {
        if (emulated.type() != EmulatedDeviceType.PLIC) {
            throw new IllegalArgumentException("device %s of VM %s: type %s is not implemented"
                    .formatted(emulated.name(), vm.name(), emulated.type()));
        }
        VirtualPlic created = new VirtualPlic(
                "vm" + vm.id() + "/" + emulated.name(),
                plic,
                placement,
                platform.plic().priorityBits(),
                (vcpu, asserted) -> harts.external(vm.vcpus().get(vcpu), asserted),
                emulated.region().length(),
                listener.deviceErrors(vm.id()));
        vm.plic(created);
        vm.add(new GuestVm.Window(emulated.region(), created));
    }

    private static void link(Rv64Vm vm, VmConfig.Passthrough device, int interrupt) {
        VirtualPlic plic = vm.plic();
        if (plic == null) {
            throw new IllegalArgumentException(
                    "device %s of VM %s has interrupt %d, but the VM has no EMU_DEVICE_T_PLIC"
                            .formatted(device.name(), vm.name(), interrupt));
        }
        plic.link(interrupt);
    }
}
