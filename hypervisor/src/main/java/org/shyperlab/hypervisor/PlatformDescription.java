package org.shyperlab.hypervisor;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/**
 * What the hypervisor knows of its board.
 *
 * @param cores number of cores
 * @param gic the interrupt controller
 * @param hypervisorMemory RAM for the hypervisor's own tables
 * @param vmMemory RAM that VMs get
 * @param devices device windows that may be passed through to VMs; the GIC's virtual CPU interface (GICV) is one of them, and GICC
 *     where GIC partial passthrough shall be possible
 */
public record PlatformDescription(
        int cores, Gic gic, MemoryRegion hypervisorMemory, List<MemoryRegion> vmMemory, List<DeviceWindow> devices) {
    /** Copies the lists. */
    public PlatformDescription {
        vmMemory = List.copyOf(vmMemory);
        devices = List.copyOf(devices);
    }

    /**
     * A GICv2: physical base addresses of its register blocks.
     *
     * @param distributor GICD
     * @param cpuInterface GICC
     * @param control GICH
     * @param virtualCpuInterface GICV
     * @param interrupts number of interrupt ids, a multiple of 32 up to 1020
     */
    public record Gic(long distributor, long cpuInterface, long control, long virtualCpuInterface, int interrupts) {}

    /**
     * A device of the board.
     *
     * @param name its name in messages
     * @param region its registers, physical
     * @param interrupts the interrupt ids it may raise
     */
    public record DeviceWindow(String name, MemoryRegion region, List<Integer> interrupts) {
        /** Copies the list. */
        public DeviceWindow {
            interrupts = List.copyOf(interrupts);
        }
    }

    /** The device whose window holds all of the region, or null. */
    public @Nullable DeviceWindow deviceAt(MemoryRegion region) {
        for (DeviceWindow device : devices) {
            if (device.region().contains(region.base(), region.length())) {
                return device;
            }
        }
        return null;
    }
}
