package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.net.MacAddress;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardDevice;
import org.shyperlab.platforms.board.DeviceType;
import org.shyperlab.platforms.input.InputException;

/** The network device that a VM with an uplink has beside those of its configuration. */
final class UplinkDevice {
    /** Its name in messages and captures. */
    static final String NAME = "uplink";

    /** Its Ethernet address. */
    static final MacAddress ADDRESS = MacAddress.of(0x02, 0x53, 0x68, 0x79, 0x00, 0x10);

    private static final long WINDOW = 0x1000;
    private static final int MOST_WINDOWS = 64;

    private UplinkDevice() {}

    /**
     * The configuration with the device, as its last, at the first address and with the first interrupt from the board's virtio
     * slots on that the VM does not use.
     *
     * @throws InputException when the VM has no room for it
     */
    static VmConfig addTo(VmConfig config, Board board) {
        if (config.image().deviceTreeFile() != null) {
            throw new InputException(
                    "uplink of VM %s: the VM brings its own device tree, which does not have the device."
                            .formatted(config.name()));
        }
        if (config.emulated().stream().anyMatch(device -> device.name().equals(NAME))) {
            throw new InputException("uplink of VM %s: the VM has a device called \"%s\" already; give it another name."
                    .formatted(config.name(), NAME));
        }
        BoardDevice slots = board.devices().stream()
                .filter(device -> device.type() == DeviceType.VIRTIO_MMIO)
                .findFirst()
                .orElseThrow(() -> new InputException(
                        "uplink of VM %s: board %s has no virtio slots.".formatted(config.name(), board.name())));
        List<VmConfig.Emulated> devices = new ArrayList<>(config.emulated());
        devices.add(new VmConfig.Emulated(
                NAME,
                window(config, slots),
                interrupt(config, board, slots),
                parameters(),
                EmulatedDeviceType.VIRTIO_NET));
        return new VmConfig(
                config.name(),
                config.type(),
                config.commandLine(),
                config.image(),
                config.memory(),
                config.cpu(),
                devices,
                config.passthrough(),
                config.deviceTree());
    }

    private static List<Long> parameters() {
        List<Long> bytes = new ArrayList<>();
        for (byte value : ADDRESS.bytes()) {
            bytes.add(value & 0xffL);
        }
        return bytes;
    }

    private static MemoryRegion window(VmConfig config, BoardDevice slots) {
        List<MemoryRegion> taken = Stream.of(
                        config.memory().stream(),
                        config.emulated().stream().map(VmConfig.Emulated::region),
                        config.passthrough().stream().map(VmConfig.Passthrough::region))
                .flatMap(regions -> regions)
                .toList();
        return IntStream.range(0, MOST_WINDOWS)
                .mapToObj(n -> new MemoryRegion(slots.base() + n * WINDOW, WINDOW))
                .filter(window -> taken.stream().noneMatch(window::overlaps))
                .findFirst()
                .orElseThrow(
                        () -> new InputException("uplink of VM %s: the VM's devices fill all addresses from 0x%x on."
                                .formatted(config.name(), slots.base())));
    }

    private static int interrupt(VmConfig config, Board board, BoardDevice slots) {
        var taken = Stream.concat(
                        config.emulated().stream().map(VmConfig.Emulated::interrupt),
                        config.passthrough().stream().flatMap(device -> device.interrupts().stream()))
                .collect(Collectors.toSet());
        int first = board.interrupts().idBase() + slots.interrupt();
        return IntStream.range(
                        first, board.interrupts().idBase() + board.interrupts().end())
                .filter(interrupt -> !taken.contains(interrupt))
                .findFirst()
                .orElseThrow(() -> new InputException("uplink of VM %s: the VM's devices use all interrupts from %d on."
                        .formatted(config.name(), first)));
    }
}
