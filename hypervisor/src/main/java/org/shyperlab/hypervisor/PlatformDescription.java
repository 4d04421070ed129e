package org.shyperlab.hypervisor;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/**
 * What the hypervisor knows of its board.
 *
 * @param cores number of cores
 * @param interrupts the interrupt controller
 * @param hypervisorMemory RAM for the hypervisor's own tables
 * @param vmMemory RAM that VMs get
 * @param devices device windows that may be passed through to VMs; on a board with a GIC its virtual CPU interface (GICV) is one of
 *     them, and GICC where GIC partial passthrough shall be possible
 * @param timeHertz frequency of the counter that guests read as their time
 */
public record PlatformDescription(
        int cores,
        InterruptController interrupts,
        MemoryRegion hypervisorMemory,
        List<MemoryRegion> vmMemory,
        List<DeviceWindow> devices,
        long timeHertz) {
    /** Copies the lists. */
    public PlatformDescription {
        vmMemory = List.copyOf(vmMemory);
        devices = List.copyOf(devices);
    }

    /** The board's interrupt controller. */
    public sealed interface InterruptController {
        /** Number of interrupt ids that devices may have: they are smaller than this. */
        int count();

        /** The smallest interrupt id that belongs to a device and not to a core. */
        int firstShared();
    }

    /**
     * A GICv2: physical base addresses of its register blocks.
     *
     * @param distributor GICD
     * @param cpuInterface GICC
     * @param control GICH
     * @param virtualCpuInterface GICV
     * @param count number of interrupt ids, a multiple of 32 up to 1020
     */
    public record Gic(long distributor, long cpuInterface, long control, long virtualCpuInterface, int count)
            implements InterruptController {
        @Override
        public int firstShared() {
            return 32;
        }
    }

    /**
     * A PLIC with one context for M and one for S of each hart.
     *
     * @param base physical address of its registers
     * @param sources number of sources
     * @param priorityBits bits of a priority
     */
    public record Plic(long base, int sources, int priorityBits) implements InterruptController {
        @Override
        public int count() {
            return sources + 1;
        }

        @Override
        public int firstShared() {
            return 1;
        }
    }

    /**
     * The supervisor domain of an APLIC that sends messages, and the supervisor and guest interrupt files of the harts' IMSICs.
     *
     * @param aplic physical address of the domain's registers
     * @param sources number of the domain's sources
     * @param files physical address of hart 0's supervisor file; its guest files follow in the next pages
     * @param hartStride distance from one hart's files to the next one's
     * @param guestFiles guest files of each hart
     * @param identities number of the highest interrupt identity of a file
     */
    public record Aia(long aplic, int sources, long files, long hartStride, int guestFiles, int identities)
            implements InterruptController {
        /** The pages of the supervisor and guest files of that many harts. */
        public MemoryRegion fileWindow(int harts) {
            return new MemoryRegion(files, harts * hartStride);
        }

        @Override
        public int count() {
            return sources + 1;
        }

        @Override
        public int firstShared() {
            return 1;
        }
    }

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
