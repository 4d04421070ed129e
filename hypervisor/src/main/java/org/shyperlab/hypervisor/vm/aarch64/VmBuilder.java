package org.shyperlab.hypervisor.vm.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.uart.Pl011;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.device.EmulatedConsole;
import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.interrupt.aarch64.Distributor;
import org.shyperlab.hypervisor.interrupt.aarch64.DistributorRegisters;
import org.shyperlab.hypervisor.interrupt.aarch64.PartialPassthrough;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalGic;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.PagePool;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;
import org.shyperlab.hypervisor.scheduler.aarch64.Cores;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vm.VmRam;
import org.shyperlab.hypervisor.vm.VmState;

/** Makes VMs from checked configurations: takes memory, fills stage 2, loads images, creates the virtual GIC and the vCPUs. */
public final class VmBuilder {
    private final AddressSpace bus;
    private final PlatformDescription platform;
    private final HypervisorOptions options;
    private final Cores cores;
    private final HypervisorListener listener;
    private final PagePool pool;
    private final VmRam ram;

    /** A builder that hands out the memory of {@code platform}. */
    public VmBuilder(
            AddressSpace bus,
            PlatformDescription platform,
            HypervisorOptions options,
            Cores cores,
            HypervisorListener listener) {
        this.bus = bus;
        this.platform = platform;
        this.options = options;
        this.cores = cores;
        this.listener = listener;
        pool = new PagePool(bus, platform.hypervisorMemory());
        ram = new VmRam(platform.vmMemory());
    }

    /**
     * Builds VM {@code id} and loads its images.
     *
     * @param core any core, to make register files with
     * @param listRegisters list registers of the cores' virtual interfaces
     * @throws org.shyperlab.hypervisor.memory.OutOfHypervisorMemory when the board has too little memory
     */
    public A64Vm build(int id, VmSetup setup, A64Core core, int listRegisters) {
        VmConfig config = setup.config();
        int[] placement = config.cpu().cores();
        StageTwoTable stageTwo = new StageTwoTable(bus, pool, options.ipaBits());
        Distributor distributor =
                new Distributor(cores, placement, platform.gic().interrupts(), listRegisters);
        A64Vm vm = new A64Vm(id, setup, bus, stageTwo, distributor);
        for (MemoryRegion region : config.memory()) {
            MemoryRegion physical = ram.take(id, config, region);
            stageTwo.map(
                    region.base(), physical.base(), region.length(), StageTwoTable.Attributes.NORMAL, options.blocks());
        }
        for (VmConfig.Passthrough device : config.passthrough()) {
            MemoryRegion region = device.region();
            stageTwo.map(region.base(), device.physical(), region.length(), StageTwoTable.Attributes.DEVICE, true);
            for (int interrupt : device.interrupts()) {
                if (interrupt >= PhysicalGic.FIRST_SPI) {
                    distributor.link(interrupt);
                }
            }
        }
        for (int i = 0; i < placement.length; i++) {
            vm.add(new A64Vcpu(vm, i, placement[i], distributor.cpuInterface(i), core.newContext()));
        }
        for (VmConfig.Emulated emulated : config.emulated()) {
            vm.add(new A64Vm.Window(emulated.region(), device(vm, emulated)));
        }
        vm.load(false);
        vm.state(VmState.PENDING);
        return vm;
    }

    private EmulatedDevice device(A64Vm vm, VmConfig.Emulated emulated) {
        long size = emulated.region().length();
        return switch (emulated.type()) {
            case GICD -> new DistributorRegisters(vm.distributor(), size);
            case CONSOLE -> console(vm, emulated);
            case GPPT -> new PartialPassthrough(cores, vm.config(), size);
            default ->
                throw new IllegalArgumentException("device %s of VM %s: type %s is not implemented"
                        .formatted(emulated.name(), vm.name(), emulated.type()));
        };
    }

    private EmulatedConsole console(A64Vm vm, VmConfig.Emulated emulated) {
        int interrupt = emulated.interrupt();
        boolean connected = interrupt >= PhysicalGic.FIRST_SPI && !vm.hasPartialPassthrough();
        InterruptLine line = connected ? high -> vm.distributor().setLine(interrupt, high) : InterruptLine.UNCONNECTED;
        int id = vm.id();
        Pl011 uart = new Pl011(
                "vm" + id + "/" + emulated.name(),
                value -> listener.consoleOutput(id, (byte) value),
                line,
                listener.deviceErrors(id));
        uart.enable();
        return new EmulatedConsole(uart, emulated.region().length());
    }
}
