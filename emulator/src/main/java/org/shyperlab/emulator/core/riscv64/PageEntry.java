package org.shyperlab.emulator.core.riscv64;

/** The bits of a page table entry of Sv39, Sv48 and Sv57 (Privileged ISA, Sv39 and Svnapot chapters). */
public final class PageEntry {
    /** V. */
    public static final long VALID = 1;

    static final long READ = 1 << 1;
    static final long WRITE = 1 << 2;
    static final long EXECUTE = 1 << 3;
    /** U. */
    public static final long USER = 1 << 4;
    /** A. */
    public static final long ACCESSED = 1 << 6;
    /** D. */
    public static final long DIRTY = 1 << 7;
    /** Svnapot: the entry maps one of the sixteen pages of a naturally aligned 64 KiB. */
    public static final long CONTIGUOUS = 1L << 63;

    static final long LEAF = READ | WRITE | EXECUTE;
    /** Bits 60:54, and the memory type of Svpbmt (62:61), which these cores do not have. */
    private static final long RESERVED = 0x7fc0_0000_0000_0000L;

    private static final long RESERVED_IN_POINTER = RESERVED | USER | ACCESSED | DIRTY | CONTIGUOUS;

    private static final int NUMBER_SHIFT = 10;
    private static final long NUMBER_MASK = (1L << 44) - 1;
    private static final int CONTIGUOUS_PAGES = 16;

    private PageEntry() {}

    /** Whether the entry is a pointer or a leaf of a defined form. */
    public static boolean isDefined(long entry) {
        if ((entry & VALID) == 0) {
            return false;
        }
        if ((entry & LEAF) == 0) {
            return (entry & RESERVED_IN_POINTER) == 0;
        }
        return (entry & RESERVED) == 0 && (entry & (READ | WRITE)) != WRITE;
    }

    /** Whether an entry of a defined form is a leaf, and no pointer. */
    public static boolean isLeaf(long entry) {
        return (entry & LEAF) != 0;
    }

    /** The address of the next table. */
    public static long table(long entry) {
        return (entry >>> NUMBER_SHIFT & NUMBER_MASK) << 12;
    }

    /** What a leaf at {@code level} translates {@code address} to; -1 when the leaf is misaligned for its level. */
    public static long target(long entry, int level, long address) {
        long number = entry >>> NUMBER_SHIFT & NUMBER_MASK;
        if ((entry & CONTIGUOUS) != 0) {
            // Only 64 KiB is defined: ppn[3:0] is 1000.
            if (level != 0 || (number & CONTIGUOUS_PAGES - 1) != CONTIGUOUS_PAGES / 2) {
                return -1;
            }
            return (number & -CONTIGUOUS_PAGES) << 12 | address & (CONTIGUOUS_PAGES * 4096 - 1);
        }
        long inside = (1L << 9 * level) - 1;
        return (number & inside) != 0 ? -1 : number << 12 | address & (inside << 12 | 0xfff);
    }

    /** The permissions of a leaf, as {@link Access.Permission} has them: bits 3:1 in the same order. */
    static int permissions(long entry) {
        return (int) (entry >>> 1) & Access.Permission.ALL;
    }

    /** A leaf's permissions, with loads where only fetches are allowed (MXR). */
    public static int permissions(long entry, boolean executableIsReadable) {
        int permissions = permissions(entry);
        return executableIsReadable && (permissions & Access.Permission.EXECUTE) != 0
                ? permissions | Access.Permission.READ
                : permissions;
    }
}
