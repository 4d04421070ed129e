package org.shyperlab.hypervisor.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Hands out ranges of physical memory, first fit. A free range is split when part of it is taken and merged with its neighbours when
 * it comes back, so that the free list never holds two ranges that touch.
 */
public final class RegionAllocator {
    /** Free ranges: base to length. */
    private final TreeMap<Long, Long> free = new TreeMap<>();

    /** An allocator in which all of {@code regions} is free; they must not overlap. */
    public RegionAllocator(List<MemoryRegion> regions) {
        for (MemoryRegion region : regions) {
            free(region);
        }
    }

    /**
     * Takes the lowest free range of {@code length} bytes.
     *
     * @param alignment power of two that the base is a multiple of
     * @return the range, or null when no free range is large enough
     */
    public @Nullable MemoryRegion allocate(long length, long alignment) {
        if (length <= 0 || Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException("length 0x%x, alignment 0x%x".formatted(length, alignment));
        }
        for (Map.Entry<Long, Long> range : free.entrySet()) {
            long base = range.getKey() + alignment - 1 & -alignment;
            long skipped = base - range.getKey();
            if (skipped >= 0 && skipped <= range.getValue() && length <= range.getValue() - skipped) {
                MemoryRegion taken = new MemoryRegion(base, length);
                take(new MemoryRegion(range.getKey(), range.getValue()), taken);
                return taken;
            }
        }
        return null;
    }

    /** Takes exactly {@code wanted} when all of it is free; tells whether it was. */
    public boolean allocateAt(MemoryRegion wanted) {
        Map.Entry<Long, Long> range = free.floorEntry(wanted.base());
        if (range == null) {
            return false;
        }
        MemoryRegion around = new MemoryRegion(range.getKey(), range.getValue());
        if (!around.contains(wanted.base(), wanted.length())) {
            return false;
        }
        take(around, wanted);
        return true;
    }

    private void take(MemoryRegion from, MemoryRegion taken) {
        free.remove(from.base());
        if (taken.base() > from.base()) {
            free.put(from.base(), taken.base() - from.base());
        }
        if (taken.end() < from.end()) {
            free.put(taken.end(), from.end() - taken.end());
        }
    }

    /** Gives a range back. Freeing what is free already is a bug of the caller. */
    public void free(MemoryRegion region) {
        long base = region.base();
        long end = region.end();
        Map.Entry<Long, Long> before = free.floorEntry(base);
        if (before != null && before.getKey() + before.getValue() > base) {
            throw new IllegalStateException(region + " is free already");
        }
        Map.Entry<Long, Long> after = free.ceilingEntry(base);
        if (after != null && after.getKey() < end) {
            throw new IllegalStateException(region + " is free already");
        }
        if (after != null && after.getKey() == end) {
            end += after.getValue();
            free.remove(after.getKey());
        }
        if (before != null && before.getKey() + before.getValue() == base) {
            base = before.getKey();
        }
        free.put(base, end - base);
    }

    /** The free ranges in address order. */
    public List<MemoryRegion> freeRegions() {
        List<MemoryRegion> regions = new ArrayList<>();
        free.forEach((base, length) -> regions.add(new MemoryRegion(base, length)));
        return regions;
    }

    /** Bytes free in all ranges together. */
    public long freeBytes() {
        long sum = 0;
        for (long length : free.values()) {
            sum += length;
        }
        return sum;
    }
}
