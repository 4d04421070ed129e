package org.shyperlab.emulator.debug.riscv64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.riscv64.Access.Permission;
import org.shyperlab.emulator.core.riscv64.PageEntry;

/** Page-table entries in words (Privileged ISA, Sv39, Svnapot and Svpbmt). */
final class EntryText {
    private static final String FLAGS = "VRWXUGAD";
    private static final String[] MEMORY_TYPES = {"PMA", "NC", "IO", "reserved"};

    private EntryText() {}

    /** Bits 7:0 as letters, a dash for each that is 0: {@code VRW-U-AD}. */
    static String flags(long entry) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < FLAGS.length(); bit++) {
            text.append((entry >>> bit & 1) != 0 ? FLAGS.charAt(bit) : '-');
        }
        return text.toString();
    }

    /** Permissions as in a file listing: {@code rw-}. */
    static String rights(int permissions) {
        return ((permissions & Permission.READ) != 0 ? "r" : "-")
                + ((permissions & Permission.WRITE) != 0 ? "w" : "-")
                + ((permissions & Permission.EXECUTE) != 0 ? "x" : "-");
    }

    /** What the upper bits of a leaf say, each after a comma; empty when they are 0. */
    static String extensions(long entry) {
        int type = (int) (entry >>> 61 & 3);
        return ((entry & PageEntry.CONTIGUOUS) != 0 ? ", N=1" : "") + (type == 0 ? "" : ", PBMT=" + MEMORY_TYPES[type]);
    }

    /** Why the entry ends every walk, whatever the access: for example {@code V=0}; null when it does not. */
    static @Nullable String problem(long entry, int level) {
        if (!PageEntry.isDefined(entry)) {
            return undefined(entry);
        }
        if (!PageEntry.isLeaf(entry)) {
            return level == 0 ? "a pointer to another table at the last level" : null;
        }
        if (PageEntry.target(entry, level, 0) != -1) {
            return null;
        }
        return (entry & PageEntry.CONTIGUOUS) != 0
                ? "N=1 without PPN[3:0]=1000 at the last level"
                : "not aligned to its size, PPN[%d:0] is not 0".formatted(9 * level - 1);
    }

    private static String undefined(long entry) {
        if ((entry & PageEntry.VALID) == 0) {
            return "V=0";
        }
        if ((entry >>> 61 & 3) != 0) {
            return "PBMT is not 0, and the harts have no Svpbmt";
        }
        if ((entry >>> 54 & 0x7f) != 0) {
            return "reserved bits 60:54 are not 0";
        }
        return PageEntry.isLeaf(entry) ? "W=1 with R=0" : "a pointer with N, D, A or U set";
    }

    /** The size of what a leaf of {@code level} maps. */
    static String size(long entry, int level) {
        return switch (level) {
            case 0 -> (entry & PageEntry.CONTIGUOUS) != 0 ? "64 KiB" : "4 KiB";
            case 1 -> "2 MiB";
            case 2 -> "1 GiB";
            case 3 -> "512 GiB";
            default -> "256 TiB";
        };
    }

    /** Where what a leaf of {@code level} maps begins. */
    static long base(long entry, int level) {
        return PageEntry.target(entry, level, 0) & -1L << 12 + 9 * level;
    }
}
