package org.shyperlab.hypervisor.memory.aarch64;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.PagePool;

/**
 * The stage-2 translation table of one VM (Arm ARM D8.2, D8.3.1.2): 4 KiB granule, three levels, walk starting at level 1. With 40
 * bits of IPA the first level is two concatenated tables in two pages (D8.2.8); with 39 bits it is one.
 *
 * <p>The table lives in physical RAM, where the cores walk it. After {@link #unmap} the caller invalidates the translations.
 */
public final class StageTwoTable {
    /** Memory type and permissions of a mapping: bits 54:2 of the descriptor beside the address (D8.3.1.2). */
    public enum Attributes {
        /** RAM: Normal, inner and outer write-back, inner shareable, read-write, executable. */
        NORMAL(0b1111L << 2 | 0b11L << 6 | 0b11L << 8 | 1L << 10),
        /** Device registers: Device-nGnRE, read-write, never executable. */
        DEVICE(0b0001L << 2 | 0b11L << 6 | 1L << 10 | 1L << 54);

        private final long bits;

        Attributes(long bits) {
            this.bits = bits;
        }

        /** The descriptor bits. */
        public long bits() {
            return bits;
        }
    }

    /** Result of {@link #translate} when nothing is mapped. */
    public static final long UNMAPPED = -1;

    /** Size of a page. */
    public static final long PAGE = 0x1000;

    /** Size of a level 2 block. */
    public static final long BLOCK = 0x20_0000;

    private static final long ADDRESS_MASK = 0xff_ffff_f000L;
    private static final int FIRST_LEVEL = 1;
    private static final int LAST_LEVEL = 3;

    private final AddressSpace bus;
    private final PagePool pool;
    private final int ipaBits;
    private final long root;

    /** An empty table for addresses of {@code ipaBits} (39 or 40) bits, with pages from {@code pool}. */
    public StageTwoTable(AddressSpace bus, PagePool pool, int ipaBits) {
        if (ipaBits != 39 && ipaBits != 40) {
            throw new IllegalArgumentException("intermediate physical addresses have 39 or 40 bits, not " + ipaBits);
        }
        this.bus = bus;
        this.pool = pool;
        this.ipaBits = ipaBits;
        root = pool.allocate(ipaBits == 40 ? 2 : 1);
    }

    /** Physical address of the first level's table: VTTBR_EL2.BADDR. */
    public long root() {
        return root;
    }

    /**
     * VTCR_EL2 for tables of this shape (D24.2.190): RES1, PS 40 bits, 4 KiB, inner shareable, write-back walks, SL0 = 1 (start at
     * level 1), T0SZ = 64 - {@code ipaBits}.
     */
    public static long controlRegister(int ipaBits) {
        return 1L << 31 | 0b010L << 16 | 0b11L << 12 | 0b01L << 10 | 0b01L << 8 | 0b01L << 6 | 64 - ipaBits;
    }

    private static int shift(int level) {
        return 12 + 9 * (LAST_LEVEL - level);
    }

    private static long entryAddress(long table, int level, long ipa) {
        // The first level has no mask: with concatenated tables its index has more than 9 bits.
        long index = ipa >>> shift(level);
        return table + (level == FIRST_LEVEL ? index : index & 0x1ff) * 8;
    }

    private long read(long address) {
        return bus.read(Device.NO_CORE, address, 8);
    }

    private void write(long address, long descriptor) {
        bus.write(Device.NO_CORE, address, 8, descriptor);
    }

    private static boolean isTable(long descriptor, int level) {
        return level < LAST_LEVEL && (descriptor & 3) == 3;
    }

    /**
     * Maps {@code length} bytes at {@code ipa} to {@code physical}, all page-aligned.
     *
     * @param blocks whether 2 MiB blocks are used where both addresses allow
     * @throws IllegalArgumentException when the range is not aligned, does not fit the IPA space, or is neither all RAM nor all
     *     inside one device window: a table that points at a hole would end the run of the core that walks it
     * @throws IllegalStateException when part of the range is mapped already
     */
    public void map(long ipa, long physical, long length, Attributes attributes, boolean blocks) {
        requireRange(ipa, length);
        if ((physical & PAGE - 1) != 0) {
            throw new IllegalArgumentException("physical address 0x%x is not page-aligned".formatted(physical));
        }
        requireBacked(physical, length, attributes);
        long done = 0;
        while (done < length) {
            long left = length - done;
            boolean block = blocks && (ipa + done & BLOCK - 1) == 0 && (physical + done & BLOCK - 1) == 0 && left >= BLOCK;
            if (block) {
                long entry = entryForWriting(ipa + done, 2);
                dropEmptyTable(entry);
                fill(entry, 1, ipa + done, physical + done | attributes.bits() | 0b01);
                done += BLOCK;
            } else {
                long toTheNextTable = BLOCK - (ipa + done & BLOCK - 1);
                int pages = (int) (Math.min(left, toTheNextTable) / PAGE);
                fill(entryForWriting(ipa + done, LAST_LEVEL), pages, ipa + done, physical + done | attributes.bits() | 0b11);
                done += pages * PAGE;
            }
        }
    }

    /** Writes {@code count} descriptors from {@code entry} on, for consecutive pages. */
    private void fill(long entry, int count, long ipa, long descriptor) {
        for (int i = 0; i < count; i++) {
            if ((read(entry + i * 8L) & 1) != 0) {
                throw new IllegalStateException("IPA 0x%x is mapped already".formatted(ipa + i * PAGE));
            }
            write(entry + i * 8L, descriptor + i * PAGE);
        }
    }

    /** A table whose pages were all unmapped one by one is still there, where a block can go as well. */
    private void dropEmptyTable(long entry) {
        long descriptor = read(entry);
        if (!isTable(descriptor, 2)) {
            return;
        }
        long table = descriptor & ADDRESS_MASK;
        for (int i = 0; i < 512; i++) {
            if ((read(table + i * 8L) & 1) != 0) {
                return;
            }
        }
        write(entry, 0);
        pool.free(table, 1);
    }

    private void requireRange(long ipa, long length) {
        if ((ipa & PAGE - 1) != 0 || (length & PAGE - 1) != 0 || length <= 0) {
            throw new IllegalArgumentException("0x%x + 0x%x is not a range of pages".formatted(ipa, length));
        }
        if (ipa < 0 || ipa + length > 1L << ipaBits || ipa + length < 0) {
            throw new IllegalArgumentException("0x%x + 0x%x exceeds %d bits of IPA".formatted(ipa, length, ipaBits));
        }
    }

    private void requireBacked(long physical, long length, Attributes attributes) {
        if (attributes == Attributes.NORMAL) {
            if (bus.ramAt(physical, length) == null) {
                throw new IllegalArgumentException("0x%x + 0x%x is not RAM".formatted(physical, length));
            }
            return;
        }
        AddressSpace.Window window = bus.windowAt(physical);
        if (window == null || length > window.end() - physical) {
            throw new IllegalArgumentException("0x%x + 0x%x is not inside one device window".formatted(physical, length));
        }
    }

    /** Address of the descriptor of {@code ipa} at {@code level}; tables on the way are made, blocks on the way are split. */
    private long entryForWriting(long ipa, int level) {
        long table = root;
        for (int at = FIRST_LEVEL; at < level; at++) {
            long entry = entryAddress(table, at, ipa);
            long descriptor = read(entry);
            if ((descriptor & 1) == 0) {
                table = pool.allocate(1);
                write(entry, table | 0b11);
            } else if (isTable(descriptor, at)) {
                table = descriptor & ADDRESS_MASK;
            } else {
                table = split(entry, descriptor);
            }
        }
        return entryAddress(table, level, ipa);
    }

    /** Replaces a 2 MiB block by a table of 512 pages with the same attributes. */
    private long split(long entry, long block) {
        long table = pool.allocate(1);
        for (int i = 0; i < 512; i++) {
            write(table + i * 8L, block + i * PAGE | 0b11);
        }
        write(entry, table | 0b11);
        return table;
    }

    /** Removes what is mapped in a page-aligned range; pages that are not mapped are passed over. Blocks are split where needed. */
    public void unmap(long ipa, long length) {
        requireRange(ipa, length);
        long at = ipa;
        long end = ipa + length;
        while (at < end) {
            long first = read(entryAddress(root, FIRST_LEVEL, at));
            if ((first & 1) == 0) {
                at = Math.min(end, (at >>> 30) + 1 << 30);
                continue;
            }
            long entry = entryAddress(first & ADDRESS_MASK, 2, at);
            long second = read(entry);
            long next = Math.min(end, (at >>> 21) + 1 << 21);
            boolean whole = (at & BLOCK - 1) == 0 && next - at == BLOCK;
            if ((second & 1) != 0 && whole) {
                write(entry, 0);
                if (isTable(second, 2)) {
                    pool.free(second & ADDRESS_MASK, 1);
                }
            } else if ((second & 1) != 0) {
                unmapPages(at, next);
            }
            at = next;
        }
    }

    private void unmapPages(long from, long to) {
        for (long page = from; page < to; page += PAGE) {
            write(entryForWriting(page, LAST_LEVEL), 0);
        }
    }

    /** The physical address behind {@code ipa}, or {@link #UNMAPPED}. */
    public long translate(long ipa) {
        if (ipa < 0 || ipa >>> ipaBits != 0) {
            return UNMAPPED;
        }
        long table = root;
        for (int level = FIRST_LEVEL; ; level++) {
            long descriptor = read(entryAddress(table, level, ipa));
            if ((descriptor & 1) == 0 || level == LAST_LEVEL && (descriptor & 2) == 0) {
                return UNMAPPED;
            }
            if (!isTable(descriptor, level)) {
                long offset = (1L << shift(level)) - 1;
                return descriptor & ADDRESS_MASK & ~offset | ipa & offset;
            }
            table = descriptor & ADDRESS_MASK;
        }
    }

    /** The walk of {@code ipa}, level by level, as data for reports. */
    public StageTwoWalk walk(long ipa) {
        List<StageTwoWalk.Step> steps = new ArrayList<>();
        if (ipa >= 0 && ipa >>> ipaBits == 0) {
            long table = root;
            for (int level = FIRST_LEVEL; level <= LAST_LEVEL; level++) {
                long entry = entryAddress(table, level, ipa);
                long descriptor = read(entry);
                steps.add(new StageTwoWalk.Step(level, entry, descriptor));
                if (!isTable(descriptor, level)) {
                    break;
                }
                table = descriptor & ADDRESS_MASK;
            }
        }
        return new StageTwoWalk(ipa, List.copyOf(steps), translate(ipa));
    }

    /** Whether any page of the range is mapped. */
    public boolean isMapped(MemoryRegion region) {
        for (long page = region.base() & -PAGE; page < region.end(); page += PAGE) {
            if (translate(page) != UNMAPPED) {
                return true;
            }
        }
        return false;
    }
}
