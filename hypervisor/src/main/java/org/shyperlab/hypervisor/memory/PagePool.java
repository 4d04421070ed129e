package org.shyperlab.hypervisor.memory;

import java.util.List;
import org.shyperlab.emulator.memory.AddressSpace;

/** The hypervisor's own pages, 4 KiB each, in the RAM that the board reserves for it. Translation tables live here. */
public final class PagePool {
    /** Size of a page in bytes. */
    public static final long PAGE = 0x1000;

    private final AddressSpace bus;
    private final MemoryRegion region;
    private final RegionAllocator pages;

    /** A pool over all of {@code region}, which must be RAM on {@code bus}. */
    public PagePool(AddressSpace bus, MemoryRegion region) {
        if (bus.ramAt(region.base(), region.length()) == null) {
            throw new IllegalArgumentException("the hypervisor's memory " + region + " is not RAM");
        }
        this.bus = bus;
        this.region = region;
        pages = new RegionAllocator(List.of(region));
    }

    /**
     * Takes {@code count} zeroed pages in a row (a power of two), aligned to their total size.
     *
     * @return physical address of the first
     */
    public long allocate(int count) {
        MemoryRegion taken = pages.allocate(count * PAGE, count * PAGE);
        if (taken == null) {
            throw new OutOfHypervisorMemory(
                    "the hypervisor's memory " + region + " is used up: no " + count + " pages left");
        }
        bus.clearRam(taken.base(), taken.length());
        return taken.base();
    }

    /** Gives pages back that {@link #allocate} handed out. */
    public void free(long address, int count) {
        pages.free(new MemoryRegion(address, count * PAGE));
    }

    /** Bytes not handed out. */
    public long freeBytes() {
        return pages.freeBytes();
    }
}
