package org.shyperlab.platforms.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.emulator.device.storage.MemoryStore;
import org.shyperlab.emulator.device.storage.StorageException;
import org.shyperlab.hypervisor.BackEnds;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.net.SwitchPort;
import org.shyperlab.hypervisor.net.VirtualSwitch;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.scenario.Scenario;

/** What a run's VMs have behind their virtio devices: the network of all, and the disks that the scenario names. */
final class VmBackEnds implements BackEnds, AutoCloseable {
    private final Scenario scenario;
    private final VmNetwork network;
    private final Consumer<String> problems;
    private final List<BlockStore> opened = new ArrayList<>();

    /**
     * No disk open yet.
     *
     * @param network the run's; whoever opened it closes it
     * @param problems told what the host fails at later
     */
    VmBackEnds(Scenario scenario, VmNetwork network, Consumer<String> problems) {
        this.scenario = scenario;
        this.network = network;
        this.problems = problems;
    }

    /**
     * Checks that the VMs that a scenario starts have as many block devices as the scenario gives them disks.
     *
     * @throws InputException naming the first VM of which this is not so
     */
    static void check(Scenario scenario, List<VmSetup> vms) {
        for (VmSetup vm : vms) {
            String name = vm.config().name();
            long devices = vm.config().emulated().stream()
                    .filter(device -> device.type() == EmulatedDeviceType.VIRTIO_BLK)
                    .count();
            long disks = scenario.disks().stream()
                    .filter(disk -> disk.vm().equals(name))
                    .count();
            if (devices != disks) {
                throw new InputException("%sVM %s has %d devices of type %s%s, and %d disks here."
                        .formatted(
                                scenario.places().at("disks"),
                                name,
                                devices,
                                EmulatedDeviceType.PREFIX,
                                EmulatedDeviceType.VIRTIO_BLK,
                                disks));
            }
        }
    }

    @Override
    public List<VirtualSwitch> networks() {
        return network.switches();
    }

    @Override
    public VirtualSwitch network(int id, VmConfig vm, String device) {
        return network.of(id, vm.name(), device);
    }

    @Override
    public void plugged(VmConfig vm, int number, SwitchPort port) {
        network.plugged(vm.name(), number, port);
    }

    @Override
    public @Nullable BlockStore openDisk(VmConfig vm, int number) {
        int found = 0;
        for (int i = 0; i < scenario.disks().size(); i++) {
            Scenario.VmDisk disk = scenario.disks().get(i);
            if (disk.vm().equals(vm.name()) && found++ == number) {
                BlockStore store = open(disk, "disks[%d]".formatted(i));
                opened.add(store);
                return store;
            }
        }
        return null;
    }

    private BlockStore open(Scenario.VmDisk disk, String key) {
        if (disk.file() == null) {
            return new MemoryStore(disk.memory());
        }
        Path overlay = disk.overlay() == null ? null : scenario.files().path(disk.overlay());
        try {
            return new Disk(scenario.files().path(disk.file()), overlay, disk.readOnly()).open(problems);
        } catch (StorageException error) {
            throw new StorageException(scenario.places().at(key) + error.getMessage());
        }
    }

    @Override
    public void closeDisk(BlockStore disk) {
        opened.remove(disk);
        disk.close();
    }

    /** Closes the disks of the VMs that there still are. */
    @Override
    public void close() {
        opened.forEach(BlockStore::close);
    }
}
