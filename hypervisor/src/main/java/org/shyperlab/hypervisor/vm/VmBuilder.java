package org.shyperlab.hypervisor.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.device.uart.SerialPort;
import org.shyperlab.emulator.device.virtio.VirtioBlock;
import org.shyperlab.emulator.device.virtio.VirtioMmio;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.device.EmulatedConsole;
import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.device.EmulatedVirtio;
import org.shyperlab.hypervisor.device.ShyperDevice;
import org.shyperlab.hypervisor.hypercall.Hypercalls;
import org.shyperlab.hypervisor.interrupt.InterruptOwners;
import org.shyperlab.hypervisor.mediated.MediatedStore;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.OutOfHypervisorMemory;
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
    private final HypervisorListener listener;
    private final PagePool pool;
    private final VmRam ram;
    private final SharedMemory shared;
    private @Nullable Hypercalls hypercalls;

    /** A builder that hands out the memory and interrupts of {@code platform}. */
    protected VmBuilder(
            AddressSpace bus,
            PlatformDescription platform,
            HypervisorOptions options,
            Cores cores,
            InterruptOwners owners,
            HypervisorListener listener) {
        this.options = options;
        this.cores = cores;
        this.owners = owners;
        this.listener = listener;
        pool = new PagePool(bus, platform.hypervisorMemory());
        ram = new VmRam(platform.vmMemory());
        shared = new SharedMemory(bus, ram);
    }

    /** Sets what the VMs' shyper devices call; once, before the first VM is built. */
    public final void hypercalls(Hypercalls calls) {
        hypercalls = calls;
    }

    /** What VMs share with each other. */
    public final SharedMemory shared() {
        return shared;
    }

    // ---- what the architecture adds ----

    /** A VM without RAM, devices and vCPUs. Its stage-2 table is empty and takes its pages from {@code pages}. */
    protected abstract Vm newVm(int id, VmSetup setup, PagePool pages);

    /** Adds vCPU {@code index} to the VM, on core {@code home}. */
    protected abstract Vcpu addVcpu(Vm vm, int index, PhysicalCore home);

    /**
     * The emulated device.
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
        return switch (emulated.type()) {
            case CONSOLE -> console(vm, emulated);
            case SHYPER -> shyper(vm, emulated);
            case VIRTIO_BLK_MEDIATED -> mediatedDisk(vm, emulated);
            default -> device(vm, emulated);
        };
    }

    private EmulatedConsole console(Vm vm, VmConfig.Emulated emulated) {
        int id = vm.id();
        SerialPort uart = serialPort(
                "vm" + id + "/" + emulated.name(),
                value -> listener.consoleOutput(id, (byte) value),
                vm.line(emulated.interrupt()),
                listener.deviceErrors(id));
        uart.enable();
        return new EmulatedConsole(uart, emulated.region().length());
    }

    private EmulatedVirtio mediatedDisk(Vm vm, VmConfig.Emulated emulated) {
        List<Long> part = emulated.parameters();
        MediatedStore store = Objects.requireNonNull(hypercalls)
                .disks()
                .take(vm.id(), part.isEmpty() ? 0 : part.get(0), part.size() < 2 ? 0 : part.get(1));
        String name = "vm" + vm.id() + "/" + emulated.name();
        VirtioMmio transport = new VirtioMmio(
                new VirtioBlock(name, "mediated", store),
                vm.memory(),
                vm.line(emulated.interrupt()),
                listener.deviceErrors(vm.id()));
        return new EmulatedVirtio(transport, emulated.region().length(), store::close);
    }

    /** The registers trap; the window behind them is memory. */
    private ShyperDevice shyper(Vm vm, VmConfig.Emulated emulated) {
        MemoryRegion all = emulated.region();
        MemoryRegion window =
                new MemoryRegion(all.base() + ShyperDevice.REGISTERS, all.length() - ShyperDevice.REGISTERS);
        MemoryRegion physical = ram.takeAnywhere(window.length());
        if (physical == null) {
            throw new OutOfHypervisorMemory("VM %s needs 0x%x bytes of RAM for the window of %s"
                    .formatted(vm.name(), window.length(), emulated.name()));
        }
        vm.physicalRam().add(physical);
        vm.stageTwo().map(window.base(), physical.base(), window.length(), StageTwo.Attributes.NORMAL, false);
        return new ShyperDevice(
                "vm" + vm.id() + "/" + emulated.name(),
                all.base(),
                all.length(),
                Objects.requireNonNull(hypercalls),
                vm.line(emulated.interrupt()),
                listener.deviceErrors(vm.id()));
    }

    /** Takes back all that a VM has; its vCPUs are off. Its RAM is zeroed before anybody else gets it. */
    final void release(Vm vm) {
        for (Vm.Window window : vm.windows()) {
            window.device().close();
        }
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

    /** What VMs have at the moment, for those who check that nothing is lost. */
    public final Ledger ledger() {
        List<Integer> queued = new ArrayList<>();
        for (int i = 0; i < cores.size(); i++) {
            queued.add(cores.get(i).queue().size());
        }
        return new Ledger(ram.freeBytes(), pool.freeBytes(), owners.claimed(), interruptFiles(), queued);
    }

    /**
     * What VMs have at the moment.
     *
     * @param freeRam bytes of VM RAM that nobody has
     * @param freeTables bytes of the hypervisor's own memory that nobody has
     * @param interrupts interrupts of the board that belong to VMs
     * @param interruptFiles guest interrupt files of all cores that belong to VMs
     * @param vcpus number of vCPUs of each core
     */
    public record Ledger(long freeRam, long freeTables, int interrupts, int interruptFiles, List<Integer> vcpus) {
        /** Copies the list. */
        public Ledger {
            vcpus = List.copyOf(vcpus);
        }
    }
}
