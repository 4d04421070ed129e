package org.shyperlab.hypervisor.vm;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.emulator.device.storage.StorageException;
import org.shyperlab.emulator.device.uart.SerialInput;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.device.uart.SerialPort;
import org.shyperlab.emulator.device.virtio.VirtioBlock;
import org.shyperlab.emulator.device.virtio.VirtioConsole;
import org.shyperlab.emulator.device.virtio.VirtioDevice;
import org.shyperlab.emulator.device.virtio.VirtioMmio;
import org.shyperlab.emulator.device.virtio.VirtioNet;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.BackEnds;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.device.ConsoleEnd;
import org.shyperlab.hypervisor.device.ConsoleLinks;
import org.shyperlab.hypervisor.device.EmulatedConsole;
import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.device.EmulatedVirtio;
import org.shyperlab.hypervisor.device.ShyperDevice;
import org.shyperlab.hypervisor.hypercall.Hypercalls;
import org.shyperlab.hypervisor.mediated.MediatedStore;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.OutOfHypervisorMemory;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.net.MacAddress;
import org.shyperlab.hypervisor.net.SwitchPort;
import org.shyperlab.hypervisor.net.VirtualSwitch;

/** Makes the emulated devices of VMs that are the same on every architecture. */
final class DeviceBuilder {
    /** Makes serial ports of the board's kind. */
    @FunctionalInterface
    interface SerialPorts {
        SerialPort create(String name, SerialOutput output, InterruptLine interrupt, GuestErrors errors);
    }

    private final VmRam ram;
    private final BackEnds backEnds;
    private final SerialPorts serialPorts;
    private final HypervisorListener listener;
    private final ConsoleLinks consoles = new ConsoleLinks();
    private @Nullable Hypercalls hypercalls;
    private int openDisks;

    DeviceBuilder(VmRam ram, BackEnds backEnds, SerialPorts serialPorts, HypervisorListener listener) {
        this.ram = ram;
        this.backEnds = backEnds;
        this.serialPorts = serialPorts;
        this.listener = listener;
    }

    /** Sets what shyper devices call; once, before the first VM is built. */
    void hypercalls(Hypercalls calls) {
        hypercalls = calls;
    }

    /** The cables between virtio consoles. */
    ConsoleLinks consoles() {
        return consoles;
    }

    /** How many switch ports VMs have. */
    int switchPorts() {
        return Math.toIntExact(backEnds.networks().stream()
                .flatMap(network -> network.ports().stream())
                .filter(port -> port.owner() != VirtualSwitch.NO_VM)
                .count());
    }

    /** How many disks are open for VMs. */
    int openDisks() {
        return openDisks;
    }

    /**
     * The emulated device; null when the architecture has to make it.
     *
     * @throws IllegalArgumentException when what it needs outside of the hypervisor is not there or another VM's
     */
    @Nullable
    EmulatedDevice build(Vm vm, VmConfig.Emulated emulated) {
        return switch (emulated.type()) {
            case CONSOLE -> console(vm, emulated);
            case SHYPER -> shyper(vm, emulated);
            case VIRTIO_BLK -> block(vm, emulated);
            case VIRTIO_BLK_MEDIATED -> mediatedDisk(vm, emulated);
            case VIRTIO_NET -> network(vm, emulated);
            case VIRTIO_CONSOLE -> virtioConsole(vm, emulated);
            default -> null;
        };
    }

    private static String name(Vm vm, VmConfig.Emulated emulated) {
        return "vm" + vm.id() + "/" + emulated.name();
    }

    private EmulatedConsole console(Vm vm, VmConfig.Emulated emulated) {
        int id = vm.id();
        SerialPort uart = serialPorts.create(
                name(vm, emulated),
                value -> listener.consoleOutput(id, (byte) value),
                vm.line(emulated.interrupt()),
                listener.deviceErrors(id));
        uart.enable();
        return new EmulatedConsole(uart, emulated.region().length());
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
                name(vm, emulated),
                new ShyperDevice.Place(all.base(), all.length(), vm.memory()),
                Objects.requireNonNull(hypercalls),
                new ShyperDevice.Wire(vm.line(emulated.interrupt()), () -> vm.pulse(emulated.interrupt())),
                new ShyperDevice.Port(notificationPort(vm), () -> consoles.notify(vm.id(), 0, 0)),
                listener.deviceErrors(vm.id()));
    }

    /** Where the VM has a virtio console whose peer is that console itself; 0 when it has none. */
    private static long notificationPort(Vm vm) {
        for (VmConfig.Emulated device : vm.config().emulated()) {
            if (device.type() == EmulatedDeviceType.VIRTIO_CONSOLE
                    && device.parameters().get(0) == vm.id()
                    && device.parameters().get(1) == device.region().base()) {
                return device.region().base();
            }
        }
        return 0;
    }

    // ---- virtio ----

    /** The registers of {@code device} on the VM's bus; {@code onClose} gives back what is behind it. */
    private EmulatedVirtio virtio(Vm vm, VmConfig.Emulated emulated, VirtioDevice device, Runnable onClose) {
        return virtio(vm, emulated, device, () -> null, onClose);
    }

    private EmulatedVirtio virtio(
            Vm vm,
            VmConfig.Emulated emulated,
            VirtioDevice device,
            Supplier<@Nullable SerialInput> keyboard,
            Runnable onClose) {
        VirtioMmio transport =
                new VirtioMmio(device, vm.memory(), vm.line(emulated.interrupt()), listener.deviceErrors(vm.id()));
        return new EmulatedVirtio(transport, emulated.region().length(), keyboard, onClose);
    }

    private EmulatedVirtio block(Vm vm, VmConfig.Emulated emulated) {
        BlockStore store = open(vm.config(), emulated);
        List<Long> part = emulated.parameters();
        long sectors = store.size() / BlockStore.SECTOR_BYTES;
        long start = part.isEmpty() ? 0 : part.get(0);
        long wanted = part.isEmpty() ? 0 : part.get(1);
        long count = wanted == 0 ? sectors - start : wanted;
        if (start < 0 || start >= sectors || count < 0 || count > sectors - start) {
            backEnds.closeDisk(store);
            throw new IllegalArgumentException(
                    "device %s of VM %s: sectors %d + %d are not all on its disk, which has %d"
                            .formatted(emulated.name(), vm.name(), start, wanted, sectors));
        }
        openDisks++;
        return virtio(vm, emulated, new VirtioBlock(name(vm, emulated), emulated.name(), store, start, count), () -> {
            openDisks--;
            backEnds.closeDisk(store);
        });
    }

    private EmulatedVirtio mediatedDisk(Vm vm, VmConfig.Emulated emulated) {
        List<Long> part = emulated.parameters();
        long wanted = part.size() < 2 ? 0 : part.get(1);
        MediatedStore store =
                Objects.requireNonNull(hypercalls).disks().take(vm.id(), part.isEmpty() ? 0 : part.get(0), wanted);
        long given = store.size() / BlockStore.SECTOR_BYTES;
        if (given < wanted) {
            listener.message("%s: has %d sectors and not %d: the management VM's disk ends there"
                    .formatted(name(vm, emulated), given, wanted));
        }
        return virtio(vm, emulated, new VirtioBlock(name(vm, emulated), "mediated", store), store::close);
    }

    /** Which of the VM's devices of its type it is, from 0 on. */
    private static int number(VmConfig config, VmConfig.Emulated emulated) {
        int number = 0;
        for (VmConfig.Emulated other : config.emulated()) {
            if (other.equals(emulated)) {
                break;
            }
            number += other.type() == emulated.type() ? 1 : 0;
        }
        return number;
    }

    private BlockStore open(VmConfig config, VmConfig.Emulated emulated) {
        int number = number(config, emulated);
        BlockStore store;
        try {
            store = backEnds.openDisk(config, number);
        } catch (StorageException error) {
            throw new IllegalArgumentException(
                    "device %s of VM %s: %s".formatted(emulated.name(), config.name(), error.getMessage()), error);
        }
        if (store == null) {
            throw new IllegalArgumentException("device %s of VM %s: nobody gave the VM a disk number %d"
                    .formatted(emulated.name(), config.name(), number));
        }
        return store;
    }

    private EmulatedVirtio network(Vm vm, VmConfig.Emulated emulated) {
        VirtualSwitch network = backEnds.network(vm.id(), vm.config(), emulated.name());
        if (network == null) {
            throw new IllegalArgumentException(
                    "device %s of VM %s: there is no network here".formatted(emulated.name(), vm.name()));
        }
        MacAddress mac = MacAddress.of(
                emulated.parameters().stream().mapToInt(Math::toIntExact).toArray());
        String refusal = network.refusal(mac);
        if (refusal != null) {
            throw new IllegalArgumentException("device %s of VM %s: %s".formatted(emulated.name(), vm.name(), refusal));
        }
        SwitchPort port = network.add(vm.id(), emulated.name(), mac);
        VirtioNet device = new VirtioNet(name(vm, emulated), mac.bytes(), port);
        port.attach(device);
        backEnds.plugged(vm.config(), number(vm.config(), emulated), port);
        return virtio(vm, emulated, device, () -> network.remove(port));
    }

    private EmulatedVirtio virtioConsole(Vm vm, VmConfig.Emulated emulated) {
        int id = vm.id();
        ConsoleEnd end = consoles.add(
                new ConsoleEnd.Place(id, emulated.region().base()),
                new ConsoleEnd.Place(
                        emulated.parameters().get(0), emulated.parameters().get(1)),
                value -> listener.consoleOutput(id, value));
        VirtioConsole device = new VirtioConsole(name(vm, emulated), end);
        end.attach(device);
        return virtio(vm, emulated, device, end::keyboard, () -> consoles.remove(end));
    }
}
