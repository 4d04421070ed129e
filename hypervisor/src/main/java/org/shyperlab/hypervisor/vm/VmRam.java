package org.shyperlab.hypervisor.vm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.OutOfHypervisorMemory;
import org.shyperlab.hypervisor.memory.RegionAllocator;
import org.shyperlab.hypervisor.memory.StageTwo;

/** The board's RAM that VMs get, while they are built. */
public final class VmRam {
    private final RegionAllocator ram;

    /** All of {@code regions} is free. */
    public VmRam(List<MemoryRegion> regions) {
        ram = new RegionAllocator(regions);
    }

    /**
     * The management VM gets its RAM where it believes it is, when that is free: devices that are passed through to it and do DMA then
     * see the addresses the guest means. All others get the first range that fits.
     *
     * @throws OutOfHypervisorMemory when no free range is large enough
     */
    public MemoryRegion take(int id, VmConfig config, MemoryRegion region) {
        if (id == 0 && ram.allocateAt(region)) {
            return region;
        }
        MemoryRegion taken = ram.allocate(region.length(), StageTwo.BLOCK);
        if (taken == null) {
            throw new OutOfHypervisorMemory("VM %s needs 0x%x bytes of RAM in one piece; the largest free ranges are %s"
                    .formatted(config.name(), region.length(), ram.freeRegions()));
        }
        return taken;
    }

    /** The first free range of this length, or null. */
    public @Nullable MemoryRegion takeAnywhere(long length) {
        return ram.allocate(length, StageTwo.PAGE);
    }

    /** Gives back what {@link #take} handed out. */
    public void free(MemoryRegion region) {
        ram.free(region);
    }

    /** Bytes not handed out. */
    public long freeBytes() {
        return ram.freeBytes();
    }
}
