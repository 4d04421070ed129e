package org.shyperlab.hypervisor;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.net.SwitchPort;
import org.shyperlab.hypervisor.net.VirtualSwitch;

/** What VMs' virtio devices have behind them outside of the hypervisor. A VM that wants what is not there cannot be made. */
public interface BackEnds {
    /** Nothing. */
    BackEnds NONE = new BackEnds() {};

    /** All switches that network devices may be on. */
    default List<VirtualSwitch> networks() {
        return List.of();
    }

    /**
     * The switch that a VM's network device is on, one of {@link #networks}; null when there is none.
     *
     * @param id the VM's number
     * @param device the device's name
     */
    default @Nullable VirtualSwitch network(int id, VmConfig vm, String device) {
        return null;
    }

    /**
     * A VM's network device has got its port, which lives as long as the VM.
     *
     * @param number which of the VM's EMU_DEVICE_T_VIRTIO_NET devices it is, from 0 on
     */
    default void plugged(VmConfig vm, int number, SwitchPort port) {}

    /**
     * Opens what a VM's block device holds; {@link #closeDisk} gets it when the VM goes away.
     *
     * @param number which of the VM's EMU_DEVICE_T_VIRTIO_BLK devices it is, from 0 on
     * @return null when there is nothing for it
     * @throws org.shyperlab.emulator.device.storage.StorageException when the host fails at it
     */
    default @Nullable BlockStore openDisk(VmConfig vm, int number) {
        return null;
    }

    /** Closes what {@link #openDisk} opened. */
    default void closeDisk(BlockStore disk) {
        disk.close();
    }
}
