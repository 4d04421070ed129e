package org.shyperlab.hypervisor.memory;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.memory.AddressSpace;

/**
 * The second stage's translation table of one VM: three levels of 4 KiB tables with 512 entries, of which the first may be several
 * tables in a row; leaves of 4 KiB and 2 MiB. What an entry looks like is the architecture's affair.
 *
 * <p>The table lives in physical RAM, where the cores walk it. After {@link #unmap} the caller invalidates the translations.
 */
public abstract class StageTwo {
    /** What is mapped, which decides memory type and permissions. */
    public enum Attributes {
        /** RAM: cached, read-write, executable. */
        NORMAL,
        /** Device registers: not cached, read-write, never executable. */
        DEVICE
    }

    /** Result of {@link #translate} when nothing is mapped. */
    public static final long UNMAPPED = -1;

    /** Size of a page. */
    public static final long PAGE = 0x1000;

    /** Size of a block: a leaf of the second level. */
    public static final long BLOCK = 0x20_0000;

    /** The first level walked. */
    protected static final int FIRST_LEVEL = 1;
    /** The level of pages. */
    protected static final int LAST_LEVEL = 3;

    private static final int ENTRIES = 512;

    private final AddressSpace bus;
    private final PagePool pool;
    private final int ipaBits;
    private final long root;
    /** The first level's entries while they are withheld from the cores. */
    private long @Nullable [] withheld;

    /** An empty table for addresses of {@code ipaBits} (39 or more) bits, with pages from {@code pool}. */
    protected StageTwo(AddressSpace bus, PagePool pool, int ipaBits) {
        this.bus = bus;
        this.pool = pool;
        this.ipaBits = ipaBits;
        root = pool.allocate(1 << ipaBits - 39);
    }

    /** A leaf at {@code level} (2 or 3). */
    protected abstract long leaf(long physical, Attributes attributes, int level);

    /** The leaf of page {@code index} of a block, with the block's attributes. */
    protected abstract long pageOf(long block, int index);

    /** An entry that points to the next level's table. */
    protected abstract long pointer(long table);

    /** Whether an entry of {@code level} maps something or points to a table. */
    protected abstract boolean isValid(long entry, int level);

    /** Whether a valid entry of {@code level} points to a table. */
    protected abstract boolean isTable(long entry, int level);

    /** The physical address in a valid entry. */
    protected abstract long address(long entry);

    /** How the architecture numbers {@code level}. */
    protected abstract int levelName(int level);

    /** Physical address of the first level's table. */
    public final long root() {
        return root;
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

    /**
     * Maps {@code length} bytes at {@code ipa} to {@code physical}, all page-aligned.
     *
     * @param blocks whether 2 MiB blocks are used where both addresses allow
     * @throws IllegalArgumentException when the range is not aligned, does not fit the IPA space, or is neither all RAM nor all
     *     inside one device window: a table that points at a hole would end the run of the core that walks it
     * @throws IllegalStateException when part of the range is mapped already
     */
    public final void map(long ipa, long physical, long length, Attributes attributes, boolean blocks) {
        giveBack();
        requireRange(ipa, length);
        if ((physical & PAGE - 1) != 0) {
            throw new IllegalArgumentException("physical address 0x%x is not page-aligned".formatted(physical));
        }
        requireBacked(physical, length, attributes);
        long done = 0;
        while (done < length) {
            long left = length - done;
            boolean block =
                    blocks && (ipa + done & BLOCK - 1) == 0 && (physical + done & BLOCK - 1) == 0 && left >= BLOCK;
            if (block) {
                long entry = entryForWriting(ipa + done, 2);
                dropEmptyTable(entry);
                fill(entry, 1, 2, ipa + done, physical + done, attributes);
                done += BLOCK;
            } else {
                long toTheNextTable = BLOCK - (ipa + done & BLOCK - 1);
                int pages = (int) (Math.min(left, toTheNextTable) / PAGE);
                fill(
                        entryForWriting(ipa + done, LAST_LEVEL),
                        pages,
                        LAST_LEVEL,
                        ipa + done,
                        physical + done,
                        attributes);
                done += pages * PAGE;
            }
        }
    }

    /** Writes {@code count} leaves of {@code level} from {@code entry} on, for consecutive pages or one block. */
    private void fill(long entry, int count, int level, long ipa, long physical, Attributes attributes) {
        for (int i = 0; i < count; i++) {
            if (isValid(read(entry + i * 8L), level)) {
                throw new IllegalStateException("IPA 0x%x is mapped already".formatted(ipa + i * PAGE));
            }
            write(entry + i * 8L, leaf(physical + i * PAGE, attributes, level));
        }
    }

    /** A table whose pages were all unmapped one by one is still there, where a block can go as well. */
    private void dropEmptyTable(long entry) {
        long descriptor = read(entry);
        if (!isValid(descriptor, 2) || !isTable(descriptor, 2)) {
            return;
        }
        long table = address(descriptor);
        for (int i = 0; i < ENTRIES; i++) {
            if (isValid(read(table + i * 8L), LAST_LEVEL)) {
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
            throw new IllegalArgumentException(
                    "0x%x + 0x%x is not inside one device window".formatted(physical, length));
        }
    }

    /** Address of the descriptor of {@code ipa} at {@code level}; tables on the way are made, blocks on the way are split. */
    private long entryForWriting(long ipa, int level) {
        long table = root;
        for (int at = FIRST_LEVEL; at < level; at++) {
            long entry = entryAddress(table, at, ipa);
            long descriptor = read(entry);
            if (!isValid(descriptor, at)) {
                table = pool.allocate(1);
                write(entry, pointer(table));
            } else if (isTable(descriptor, at)) {
                table = address(descriptor);
            } else {
                table = split(entry, descriptor);
            }
        }
        return entryAddress(table, level, ipa);
    }

    /** Replaces a 2 MiB block by a table of 512 pages with the same attributes. */
    private long split(long entry, long block) {
        long table = pool.allocate(1);
        for (int i = 0; i < ENTRIES; i++) {
            write(table + i * 8L, pageOf(block, i));
        }
        write(entry, pointer(table));
        return table;
    }

    /** Removes what is mapped in a page-aligned range; pages that are not mapped are passed over. Blocks are split where needed. */
    public final void unmap(long ipa, long length) {
        giveBack();
        requireRange(ipa, length);
        long at = ipa;
        long end = ipa + length;
        while (at < end) {
            long first = read(entryAddress(root, FIRST_LEVEL, at));
            if (!isValid(first, FIRST_LEVEL)) {
                at = Math.min(end, (at >>> 30) + 1 << 30);
                continue;
            }
            long entry = entryAddress(address(first), 2, at);
            long second = read(entry);
            long next = Math.min(end, (at >>> 21) + 1 << 21);
            boolean whole = (at & BLOCK - 1) == 0 && next - at == BLOCK;
            boolean valid = isValid(second, 2);
            if (valid && whole) {
                write(entry, 0);
                if (isTable(second, 2)) {
                    pool.free(address(second), 1);
                }
            } else if (valid) {
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

    /**
     * Takes the whole table out of the cores' sight: whatever the guest does next, it traps. The caller invalidates the translations.
     * The hypervisor's own {@link #translate} and {@link #walk} go on.
     */
    public final void withhold() {
        if (withheld != null) {
            return;
        }
        long[] entries = new long[ENTRIES << ipaBits - 39];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = read(root + i * 8L);
            write(root + i * 8L, 0);
        }
        withheld = entries;
    }

    /** Gives the cores the table back. */
    public final void giveBack() {
        long[] entries = withheld;
        if (entries == null) {
            return;
        }
        withheld = null;
        for (int i = 0; i < entries.length; i++) {
            write(root + i * 8L, entries[i]);
        }
    }

    /** Whether the cores do not see the table at the moment. */
    public final boolean isWithheld() {
        return withheld != null;
    }

    /** A descriptor on the hypervisor's own walk. */
    private long descriptor(long table, int level, long ipa) {
        long[] entries = withheld;
        return entries != null && level == FIRST_LEVEL
                ? entries[(int) (ipa >>> shift(FIRST_LEVEL))]
                : read(entryAddress(table, level, ipa));
    }

    /** Gives all pages of the table back; it must not be used any more, and no core may. */
    public final void free() {
        giveBack();
        int roots = 1 << ipaBits - 39;
        for (int i = 0; i < ENTRIES * roots; i++) {
            long first = read(root + i * 8L);
            if (isValid(first, FIRST_LEVEL)) {
                freeSecond(address(first));
            }
        }
        pool.free(root, roots);
    }

    private void freeSecond(long table) {
        for (int i = 0; i < ENTRIES; i++) {
            long second = read(table + i * 8L);
            if (isValid(second, 2) && isTable(second, 2)) {
                pool.free(address(second), 1);
            }
        }
        pool.free(table, 1);
    }

    /** The physical address behind {@code ipa}, or {@link #UNMAPPED}. */
    public final long translate(long ipa) {
        if (ipa < 0 || ipa >>> ipaBits != 0) {
            return UNMAPPED;
        }
        long table = root;
        for (int level = FIRST_LEVEL; ; level++) {
            long descriptor = descriptor(table, level, ipa);
            if (!isValid(descriptor, level)) {
                return UNMAPPED;
            }
            if (!isTable(descriptor, level)) {
                long offset = (1L << shift(level)) - 1;
                return address(descriptor) & ~offset | ipa & offset;
            }
            table = address(descriptor);
        }
    }

    /** The walk of {@code ipa}, level by level, as data for reports. */
    public final StageTwoWalk walk(long ipa) {
        List<StageTwoWalk.Step> steps = new ArrayList<>();
        if (ipa >= 0 && ipa >>> ipaBits == 0) {
            long table = root;
            for (int level = FIRST_LEVEL; level <= LAST_LEVEL; level++) {
                long entry = entryAddress(table, level, ipa);
                long descriptor = descriptor(table, level, ipa);
                steps.add(new StageTwoWalk.Step(levelName(level), entry, descriptor));
                if (!isValid(descriptor, level) || !isTable(descriptor, level)) {
                    break;
                }
                table = address(descriptor);
            }
        }
        return new StageTwoWalk(ipa, List.copyOf(steps), translate(ipa));
    }

    /** Whether any page of the range is mapped. */
    public final boolean isMapped(MemoryRegion region) {
        for (long page = region.base() & -PAGE; page < region.end(); page += PAGE) {
            if (translate(page) != UNMAPPED) {
                return true;
            }
        }
        return false;
    }
}
