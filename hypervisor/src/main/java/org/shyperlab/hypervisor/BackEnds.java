package org.shyperlab.hypervisor;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.net.VirtualSwitch;

/** What VMs' virtio devices have behind them outside of the hypervisor. A VM that wants what is not there cannot be made. */
public interface BackEnds {
    /** Nothing. */
    BackEnds NONE = new BackEnds() {};

    /** The switch that all network devices are on, or null. */
    default @Nullable VirtualSwitch network() {
        return null;
    }

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
