package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.shyperlab.emulator.devicetree.FdtWriter;
import org.shyperlab.hypervisor.config.DeviceTreeType;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardDevice;
import org.shyperlab.platforms.board.Interrupts;
import org.shyperlab.platforms.board.Region;
import org.shyperlab.platforms.board.SystemTree;
import org.shyperlab.platforms.input.InputException;

/** Makes the device tree of a VM out of its configuration: what it is given, and nothing else of the board. */
final class VmTree {
    private static final Map<EmulatedDeviceType, SystemTree.VirtualKind> VIRTUAL = Map.of(
            EmulatedDeviceType.SHYPER, SystemTree.VirtualKind.SHYPER,
            EmulatedDeviceType.VIRTIO_BLK, SystemTree.VirtualKind.VIRTIO,
            EmulatedDeviceType.VIRTIO_BLK_MEDIATED, SystemTree.VirtualKind.VIRTIO,
            EmulatedDeviceType.VIRTIO_NET, SystemTree.VirtualKind.VIRTIO,
            EmulatedDeviceType.VIRTIO_CONSOLE, SystemTree.VirtualKind.VIRTIO);

    private final Board board;
    private final String file;
    private final VmConfig config;

    private VmTree(Board board, String file, VmConfig config) {
        this.board = board;
        this.file = file;
        this.config = config;
    }

    /**
     * The VM's device tree blob.
     *
     * @param file the configuration's name, for messages
     */
    static byte[] blob(Board board, String file, VmConfig config, SystemTree.Chosen chosen) {
        return FdtWriter.write(SystemTree.ofGuest(board, new VmTree(board, file, config).guest(), chosen));
    }

    private SystemTree.Guest guest() {
        List<SystemTree.Visible> devices = devices();
        Long console = devices.stream()
                .filter(visible -> visible.device().type().isConsole())
                .map(SystemTree.Visible::base)
                .findFirst()
                .orElse(null);
        return new SystemTree.Guest(
                config.cpu().count(),
                config.memory().stream().map(memory -> region("memory", memory)).toList(),
                controller(),
                devices,
                virtual(),
                console);
    }

    private List<SystemTree.Virtual> virtual() {
        return config.emulated().stream()
                .filter(device -> VIRTUAL.containsKey(device.type()))
                .map(device -> new SystemTree.Virtual(
                        Objects.requireNonNull(VIRTUAL.get(device.type())),
                        region(device.name(), device.region()),
                        device.interrupt() == 0
                                ? -1
                                : device.interrupt() - board.interrupts().idBase()))
                .toList();
    }

    private SystemTree.Controller controller() {
        return switch (board.interrupts()) {
            case Interrupts.Arm arm ->
                new SystemTree.Controller.Gic(
                        registers(DeviceTreeType.GICD, EmulatedDeviceType.GICD, EmulatedDeviceType.GPPT),
                        region(
                                "GICC",
                                cpuInterface(arm.gic())
                                        .orElseThrow(() ->
                                                missing("CPU interface (passed-through GICV, or GICC with GPPT)"))));
            case Interrupts.Plic plic ->
                new SystemTree.Controller.Plic(registers(DeviceTreeType.PLIC, EmulatedDeviceType.PLIC));
            case Interrupts.Aia aia ->
                new SystemTree.Controller.Aplic(
                        registers(DeviceTreeType.APLIC, EmulatedDeviceType.APLIC), interruptFiles(aia));
        };
    }

    /** Where the VM sees its interrupt controller: as described for the tree, or as emulated. */
    private Region registers(DeviceTreeType described, EmulatedDeviceType... types) {
        List<EmulatedDeviceType> emulated = List.of(types);
        return Stream.concat(
                        described(described).map(VmConfig.DeviceTreeNode::region),
                        config.emulated().stream()
                                .filter(device -> emulated.contains(device.type()))
                                .map(VmConfig.Emulated::region))
                .findFirst()
                .map(found -> region(described.name(), found))
                .orElseThrow(() -> missing("interrupt controller ("
                        + emulated.stream()
                                .map(type -> EmulatedDeviceType.PREFIX + type)
                                .collect(Collectors.joining(" or "))
                        + ")"));
    }

    /** Where its configuration has the vCPUs' interrupt files; the hypervisor maps those of other VMs where the board has its harts'. */
    private long interruptFiles(Interrupts.Aia aia) {
        return config.passthrough().stream()
                .filter(device -> aia.isSupervisorFile(board.cores().max(), device.physical()))
                .map(device -> device.region().base())
                .min(Comparator.naturalOrder())
                .orElse(aia.imsic().supervisor());
    }

    private Optional<MemoryRegion> cpuInterface(Board.Gic gic) {
        return Stream.concat(
                        described(DeviceTreeType.GICC).map(VmConfig.DeviceTreeNode::region),
                        config.passthrough().stream()
                                .filter(device -> device.physical() == gic.virtualInterface()
                                        || device.physical() == gic.cpuInterface())
                                .map(VmConfig.Passthrough::region))
                .findFirst();
    }

    private List<SystemTree.Visible> devices() {
        List<SystemTree.Visible> devices = new ArrayList<>();
        for (VmConfig.Passthrough given : config.passthrough()) {
            board.devices().stream()
                    .filter(device -> device.base() == given.physical())
                    .forEach(device -> devices.add(
                            new SystemTree.Visible(device, given.region().base())));
        }
        for (VmConfig.Emulated emulated : config.emulated()) {
            if (emulated.type() == EmulatedDeviceType.CONSOLE) {
                addConsole(devices, emulated.name(), emulated.region(), emulated.interrupt());
            }
        }
        described(DeviceTreeType.CONSOLE)
                .forEach(node -> addConsole(
                        devices,
                        node.name(),
                        node.region(),
                        node.interrupts().isEmpty() ? 0 : node.interrupts().getFirst()));
        return devices;
    }

    /** Emulated consoles are of the kind that the board's console is. */
    private void addConsole(List<SystemTree.Visible> devices, String name, MemoryRegion region, int interrupt) {
        boolean known = devices.stream().anyMatch(visible -> visible.base() == region.base());
        int number = interrupt - board.interrupts().idBase();
        if (!known && number >= board.interrupts().first()) {
            BoardDevice own = board.device(board.console());
            BoardDevice console = new BoardDevice(name, own.type(), region.base(), number, own.settings());
            devices.add(new SystemTree.Visible(console, region.base()));
        }
    }

    private Stream<VmConfig.DeviceTreeNode> described(DeviceTreeType type) {
        return config.deviceTree().stream().filter(node -> node.type() == type);
    }

    private InputException missing(String what) {
        return new InputException("%s: VM %s gets a generated device tree, and its configuration has no %s."
                .formatted(file, config.name(), what));
    }

    private static Region region(String what, MemoryRegion region) {
        return new Region(what, region.base(), region.length());
    }
}
