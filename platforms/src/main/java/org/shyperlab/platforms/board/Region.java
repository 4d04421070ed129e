package org.shyperlab.platforms.board;

/**
 * A named range of physical addresses.
 *
 * @param what name for people
 * @param base first address
 * @param size bytes
 */
public record Region(String what, long base, long size) {
    /** First address after the range. */
    public long end() {
        return base + size;
    }

    /** Whether the two ranges share an address. */
    public boolean overlaps(Region other) {
        return base < other.end() && other.base < end();
    }
}
