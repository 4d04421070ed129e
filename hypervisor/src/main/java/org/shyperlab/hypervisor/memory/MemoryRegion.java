package org.shyperlab.hypervisor.memory;

/**
 * A range of addresses.
 *
 * @param base first address
 * @param length size in bytes, at least 1
 */
public record MemoryRegion(long base, long length) {
    /** Refuses empty ranges and those that wrap around the end of the address space. */
    public MemoryRegion {
        if (base < 0 || length <= 0 || base + length < 0) {
            throw new IllegalArgumentException("not a range of addresses: 0x%x + 0x%x".formatted(base, length));
        }
    }

    /** First address after the range. */
    public long end() {
        return base + length;
    }

    /** Whether all of {@code [address, address + size)} lies inside. */
    public boolean contains(long address, long size) {
        return address >= base && size <= length && address - base <= length - size;
    }

    /** Whether both have an address in common. */
    public boolean overlaps(MemoryRegion other) {
        return base < other.end() && other.base < end();
    }

    @Override
    public String toString() {
        return "0x%x..0x%x".formatted(base, end());
    }
}
