package org.shyperlab.hypervisor.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.net.MacAddress;

/** Checks what VMs' virtio devices are configured with (cfg_list): for each alone, and that those of all VMs fit together. */
final class VirtioChecks {
    private static final int BLOCK_PARAMETERS = 2;
    private static final int CONSOLE_PARAMETERS = 2;
    private static final long MOST_SECTORS = 1L << 54;

    /** No console's peer is looked for. */
    static final int UNKNOWN = -1;

    /** A VM whose configuration could be read; its id may be {@link #UNKNOWN}. */
    record Numbered(int id, VmConfigFile file, VmConfig config) {}

    private final List<Numbered> vms;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Map<MacAddress, String> addresses = new HashMap<>();

    VirtioChecks(List<Numbered> vms) {
        this.vms = vms;
    }

    List<ConfigProblem> check() {
        for (Numbered vm : vms) {
            for (int i = 0; i < vm.config().emulated().size(); i++) {
                VmConfig.Emulated device = vm.config().emulated().get(i);
                String path = "emulated_device.emulated_device_list[" + i + "]";
                if (device.type().isVirtio() && device.type().isImplemented() && device.interrupt() == 0) {
                    add(vm, path + ".irq_id", "a virtio device needs an interrupt");
                }
                switch (device.type()) {
                    case VIRTIO_BLK, VIRTIO_BLK_MEDIATED -> checkBlock(vm, path + ".cfg_list", device.parameters());
                    case VIRTIO_NET -> checkNetwork(vm, path + ".cfg_list", device);
                    case VIRTIO_CONSOLE -> checkConsole(vm, path + ".cfg_list", device);
                    default -> {}
                }
            }
        }
        return problems;
    }

    private void add(Numbered vm, String path, String format, Object... arguments) {
        problems.add(vm.file().problem(path, format.formatted(arguments)));
    }

    private void checkBlock(Numbered vm, String path, List<Long> part) {
        boolean numbers =
                part.size() == BLOCK_PARAMETERS && part.stream().allMatch(value -> value >= 0 && value < MOST_SECTORS);
        if (!part.isEmpty() && !numbers) {
            add(
                    vm,
                    path,
                    "%s: a disk has its first sector and its number of sectors (0: all that follow), or nothing",
                    part);
        }
    }

    private void checkNetwork(Numbered vm, String path, VmConfig.Emulated device) {
        List<Long> bytes = device.parameters();
        if (bytes.size() != MacAddress.LENGTH || bytes.stream().anyMatch(value -> value < 0 || value > 0xff)) {
            add(vm, path, "%s: a network device has the six bytes of its Ethernet address, each 0 to 255", bytes);
            return;
        }
        MacAddress address =
                MacAddress.of(bytes.stream().mapToInt(Math::toIntExact).toArray());
        if (!MacAddress.isStation(address.bits())) {
            add(vm, path, "%s is not the address of one station: the first byte is even, and not all are 0", address);
        }
        String other = addresses.put(
                address,
                "device %s of VM %s".formatted(device.name(), vm.config().name()));
        if (other != null) {
            add(vm, path, "%s is the address of %s too", address, other);
        }
    }

    private void checkConsole(Numbered vm, String path, VmConfig.Emulated device) {
        List<Long> peer = device.parameters();
        if (peer.size() != CONSOLE_PARAMETERS) {
            add(vm, path, "%s: a console has the id of its peer VM and the peer's console's base_ipa", peer);
            return;
        }
        long peerVm = peer.get(0);
        long peerBase = peer.get(1);
        Numbered other = find(peerVm);
        if (other == null || vm.id() == UNKNOWN) {
            return; // the peer may be made later; until then the host has the console
        }
        VmConfig.Emulated console = consoleAt(other.config(), peerBase);
        if (console == null) {
            add(
                    vm,
                    path,
                    "VM %d (%s) has no virtio console at 0x%x",
                    peerVm,
                    other.config().name(),
                    peerBase);
        } else if (console.parameters().size() == CONSOLE_PARAMETERS
                && !console.parameters()
                        .equals(List.of((long) vm.id(), device.region().base()))) {
            add(
                    vm,
                    path,
                    "the console at 0x%x of VM %d (%s) has another peer: [%d, 0x%x], not [%d, 0x%x]",
                    peerBase,
                    peerVm,
                    other.config().name(),
                    console.parameters().get(0),
                    console.parameters().get(1),
                    vm.id(),
                    device.region().base());
        }
    }

    private @Nullable Numbered find(long id) {
        for (Numbered vm : vms) {
            if (vm.id() == id) {
                return vm;
            }
        }
        return null;
    }

    private static VmConfig.@Nullable Emulated consoleAt(VmConfig config, long base) {
        for (VmConfig.Emulated device : config.emulated()) {
            if (device.type() == EmulatedDeviceType.VIRTIO_CONSOLE
                    && device.region().base() == base) {
                return device;
            }
        }
        return null;
    }
}
