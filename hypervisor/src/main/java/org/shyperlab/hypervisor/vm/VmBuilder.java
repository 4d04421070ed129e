package org.shyperlab.hypervisor.vm;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.device.uart.SerialPort;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.BackEnds;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.device.ConsoleLinks;
import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.hypercall.Hypercalls;
import org.shyperlab.hypervisor.interrupt.InterruptOwners;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.PagePool;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/**
 * Makes VMs from checked configurations, and takes back all that they have: memory, stage-2 tables, interrupts, cores. What is not
 * the same on every architecture is in the subclasses.
 */
public abstract class VmBuilder {
    private final HypervisorOptions options;
    private final Cores cores;
    private final InterruptOwners owners;
    private final DeviceBuilder devices;
    private final PagePool pool;
    private final VmRam ram;
    private final SharedMemory shared;

    /** A builder that hands out the memory and interrupts of {@code platform}. */
    protected VmBuilder(
            AddressSpace bus,
            PlatformDescription platform,
            HypervisorOptions options,
            Cores cores,
            InterruptOwners owners,
            BackEnds backEnds,
            HypervisorListener listener) {
        this.options = options;
        this.cores = cores;
        this.owners = owners;
        pool = new PagePool(bus, platform.hypervisorMemory());
        ram = new VmRam(platform.vmMemory());
        shared = new SharedMemory(bus, ram);
        devices = new DeviceBuilder(ram, backEnds, this::serialPort, listener);
    }

    /** Sets what the VMs' shyper devices call; once, before the first VM is built. */
    public final void hypercalls(Hypercalls calls) {
        devices.hypercalls(calls);
    }

    /** What VMs share with each other. */
    public final SharedMemory shared() {
        return shared;
    }

    /** The cables between VMs' virtio consoles. */
    public final ConsoleLinks consoles() {
        return devices.consoles();
    }

    // ---- what the architecture adds ----

    /** A VM without RAM, devices and vCPUs. Its stage-2 table is empty and takes its pages from {@code pages}. */
    protected abstract Vm newVm(int id, VmSetup setup, PagePool pages);

    /** Adds vCPU {@code index} to the VM, on core {@code home}. */
    protected abstract Vcpu addVcpu(Vm vm, int index, PhysicalCore home);

    /**
     * An emulated device that is not the same on every architecture.
     *
     * @throws IllegalArgumentException when there is no such type on this architecture
     */
    protected abstract EmulatedDevice device(Vm vm, VmConfig.Emulated emulated);

    /** A serial port of the kind that the architecture's boards have. */
    protected abstract SerialPort serialPort(
            String name, SerialOutput output, InterruptLine interrupt, GuestErrors errors);

    /** The VM gets an interrupt of the board, which it owns already. */
    protected abstract void connect(Vm vm, VmConfig.Passthrough device, int interrupt);

    /**
     * Looks at a device of the board before the VM gets its registers.
     *
     * @throws IllegalArgumentException when this VM may not have it
     */
    protected void admit(Vm vm, VmConfig.Passthrough device) {}

    /** The VM gives back what the board's interrupt controller has for each VM. */
    protected void disconnect(Vm vm) {}

    /** Number of guest interrupt files that VMs have. */
    protected int interruptFiles() {
        return 0;
    }

    // ---- what all have ----

    /**
     * Builds VM {@code id}; nothing is loaded yet.
     *
     * @throws org.shyperlab.hypervisor.memory.OutOfHypervisorMemory when the board has too little memory left; nothing is kept
     * @throws IllegalArgumentException when the configuration contradicts the board or another VM; nothing is kept
     */
    final Vm build(int id, VmSetup setup) {
        Vm vm = newVm(id, setup, pool);
        try {
            equip(vm);
        } catch (RuntimeException error) {
            release(vm);
            throw error;
        }
        return vm;
    }

    private void equip(Vm vm) {
        VmConfig config = vm.config();
        for (MemoryRegion region : config.memory()) {
            MemoryRegion physical = ram.take(vm.id(), config, region);
            vm.physicalRam().add(physical);
            vm.stageTwo()
                    .map(region.base(), physical.base(), region.length(), StageTwo.Attributes.NORMAL, options.blocks());
        }
        int[] placement = config.cpu().cores();
        for (int i = 0; i < placement.length; i++) {
            PhysicalCore home = cores.get(placement[i]);
            home.assign(addVcpu(vm, i, home));
        }
        // Other devices are wired to the interrupt controller.
        addDevices(vm, true);
        addDevices(vm, false);
        for (VmConfig.Passthrough device : config.passthrough()) {
            admit(vm, device);
            MemoryRegion region = device.region();
            vm.stageTwo().map(region.base(), device.physical(), region.length(), StageTwo.Attributes.DEVICE, true);
            for (int interrupt : device.interrupts()) {
                if (owners.isShared(interrupt)) {
                    owners.claim(interrupt, vm);
                    connect(vm, device, interrupt);
                }
            }
        }
    }

    private void addDevices(Vm vm, boolean controllers) {
        for (VmConfig.Emulated emulated : vm.config().emulated()) {
            if (emulated.type().isInterruptController() == controllers) {
                vm.add(new Vm.Window(emulated.region(), anyDevice(vm, emulated)));
            }
        }
    }

    private EmulatedDevice anyDevice(Vm vm, VmConfig.Emulated emulated) {
        EmulatedDevice common = devices.build(vm, emulated);
        return common == null ? device(vm, emulated) : common;
    }

    /** Takes back all that a VM has; its vCPUs are off. Its RAM is zeroed before anybody else gets it. */
    final void release(Vm vm) {
        abandon(vm);
        disconnect(vm);
        owners.release(vm);
        shared.release(vm);
        for (Vcpu vcpu : new ArrayList<>(vm.vcpus())) {
            vcpu.home().release(vcpu);
        }
        vm.clear();
        for (MemoryRegion region : vm.physicalRam()) {
            ram.free(region);
        }
        vm.stageTwo().free();
    }

    /** Closes what a VM's devices have outside of it: disks, ports of switches, ends of cables. */
    final void abandon(Vm vm) {
        for (Vm.Window window : vm.windows()) {
            window.device().close();
        }
    }

    /** What VMs have at the moment, for those who check that nothing is lost. */
    public final Ledger ledger() {
        List<Integer> queued = new ArrayList<>();
        for (int i = 0; i < cores.size(); i++) {
            queued.add(cores.get(i).queue().size());
        }
        return new Ledger(
                ram.freeBytes(),
                pool.freeBytes(),
                owners.claimed(),
                interruptFiles(),
                queued,
                devices.switchPorts(),
                devices.consoles().count(),
                devices.openDisks());
    }

    /**
     * What VMs have at the moment.
     *
     * @param freeRam bytes of VM RAM that nobody has
     * @param freeTables bytes of the hypervisor's own memory that nobody has
     * @param interrupts interrupts of the board that belong to VMs
     * @param interruptFiles guest interrupt files of all cores that belong to VMs
     * @param vcpus number of vCPUs of each core
     * @param switchPorts ports of the network's switch
     * @param consoles ends of cables between virtio consoles
     * @param disks open disks
     */
    public record Ledger(
            long freeRam,
            long freeTables,
            int interrupts,
            int interruptFiles,
            List<Integer> vcpus,
            int switchPorts,
            int consoles,
            int disks) {
        /** Copies the list. */
        public Ledger {
            vcpus = List.copyOf(vcpus);
        }
    }
}
