package org.shyperlab.hypervisor.memory.aarch64;

import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.memory.PagePool;
import org.shyperlab.hypervisor.memory.StageTwo;

/**
 * The stage-2 translation table of one VM (Arm ARM D8.2, D8.3.1.2): 4 KiB granule, three levels, walk starting at level 1. With 40
 * bits of IPA the first level is two concatenated tables in two pages (D8.2.8); with 39 bits it is one. {@link #root} is
 * VTTBR_EL2.BADDR.
 */
public final class StageTwoTable extends StageTwo {
    /** Normal, inner and outer write-back, inner shareable, read-write, executable, AF: bits 54:2 beside the address (D8.3.1.2). */
    private static final long NORMAL = 0b1111L << 2 | 0b11L << 6 | 0b11L << 8 | 1L << 10;
    /** Device-nGnRE, read-write, never executable, AF. */
    private static final long DEVICE = 0b0001L << 2 | 0b11L << 6 | 1L << 10 | 1L << 54;

    private static final long ADDRESS_MASK = 0xff_ffff_f000L;
    private static final long BLOCK_ENTRY = 0b01;
    private static final long TABLE_OR_PAGE = 0b11;

    /** An empty table for addresses of {@code ipaBits} (39 or 40) bits, with pages from {@code pool}. */
    public StageTwoTable(AddressSpace bus, PagePool pool, int ipaBits) {
        super(bus, pool, checked(ipaBits));
    }

    private static int checked(int ipaBits) {
        if (ipaBits != 39 && ipaBits != 40) {
            throw new IllegalArgumentException("intermediate physical addresses have 39 or 40 bits, not " + ipaBits);
        }
        return ipaBits;
    }

    /**
     * VTCR_EL2 for tables of this shape (D24.2.190): RES1, PS 40 bits, 4 KiB, inner shareable, write-back walks, SL0 = 1 (start at
     * level 1), T0SZ = 64 - {@code ipaBits}.
     */
    public static long controlRegister(int ipaBits) {
        return 1L << 31 | 0b010L << 16 | 0b11L << 12 | 0b01L << 10 | 0b01L << 8 | 0b01L << 6 | 64 - ipaBits;
    }

    @Override
    protected long leaf(long physical, Attributes attributes, int level) {
        long bits = attributes == Attributes.NORMAL ? NORMAL : DEVICE;
        return physical | bits | (level == LAST_LEVEL ? TABLE_OR_PAGE : BLOCK_ENTRY);
    }

    @Override
    protected long pageOf(long block, int index) {
        return block + index * PAGE | TABLE_OR_PAGE;
    }

    @Override
    protected long pointer(long table) {
        return table | TABLE_OR_PAGE;
    }

    @Override
    protected boolean isValid(long entry, int level) {
        return level == LAST_LEVEL ? (entry & 3) == TABLE_OR_PAGE : (entry & 1) != 0;
    }

    @Override
    protected boolean isTable(long entry, int level) {
        return level < LAST_LEVEL && (entry & 3) == TABLE_OR_PAGE;
    }

    @Override
    protected long address(long entry) {
        return entry & ADDRESS_MASK;
    }

    @Override
    protected int levelName(int level) {
        return level;
    }
}
