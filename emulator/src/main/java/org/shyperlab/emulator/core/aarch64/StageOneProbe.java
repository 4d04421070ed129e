package org.shyperlab.emulator.core.aarch64;

import java.util.Arrays;
import org.shyperlab.emulator.engine.A64Registers;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

/**
 * Tells whether a guest's virtual address goes through a last-level stage-1 table, so that one TLB entry at most can hold it.
 *
 * <p>Under two stages the engine files a translation under the size of its stage-2 page. A guest that takes down a 2 MiB block issues
 * one TLBI for it, while the engine may hold 512 entries: then everything must go. Looking at the tables, which by break-before-make
 * (Arm ARM D8.16.1) are invalid at that level when the TLBI is issued, costs some 30 ns; always dropping everything costs far more.
 */
final class StageOneProbe {
    private static final long TABLE_ADDRESS = 0x0000_ffff_ffff_f000L;
    private static final int CACHE_ENTRIES = 64;
    private static final int LAST_LEVEL = 3;

    private final A64Registers registers;
    private final AddressSpace bus;
    private final long[] cachedIpa = new long[CACHE_ENTRIES];
    private final long[] cachedPa = new long[CACHE_ENTRIES];

    StageOneProbe(A64Registers registers, AddressSpace bus) {
        this.registers = registers;
        this.bus = bus;
        forget();
    }

    /** Stage 2 has changed. */
    void forget() {
        Arrays.fill(cachedIpa, -1);
    }

    /** Whether a last-level table of 4 KiB pages covers {@code address}. False when in doubt. */
    boolean isMappedByPages(long address) {
        if ((registers.get(SysReg.SCTLR_EL1) & 1) == 0) {
            return false;
        }
        long control = registers.get(SysReg.TCR_EL1);
        boolean upper = address < 0;
        int sizeOffset = (int) (upper ? control >>> 16 : control) & 0x3f;
        boolean pagesOf4K = upper ? (control >>> 30 & 3) == 2 : (control >>> 14 & 3) == 0;
        int bits = 64 - sizeOffset;
        if (!pagesOf4K || bits <= 12 + 9 || bits > 48) {
            return false;
        }
        int level = 4 - (bits - 12 + 8) / 9;
        long table = registers.get(upper ? SysReg.TTBR1_EL1 : SysReg.TTBR0_EL1) & TABLE_ADDRESS & -2L;
        for (; level < LAST_LEVEL; level++) {
            int shift = 12 + 9 * (LAST_LEVEL - level);
            long index = address >>> shift & 0x1ff;
            if (shift + 9 > bits) {
                index &= (1L << (bits - shift)) - 1;
            }
            long physical = physical(table);
            if (physical == -1) {
                return false;
            }
            PhysicalMemory block = bus.ramAt(physical, 4096);
            long descriptor = block == null ? 0 : block.read(physical | index << 3, 8);
            if ((descriptor & 3) != 3) {
                return false;
            }
            table = descriptor & TABLE_ADDRESS;
        }
        return true;
    }

    /** The physical page behind an intermediate physical page, or -1. */
    private long physical(long ipa) {
        int slot = (int) (ipa >>> 12) & CACHE_ENTRIES - 1;
        if (cachedIpa[slot] != ipa) {
            cachedIpa[slot] = ipa;
            cachedPa[slot] = walkStage2(ipa);
        }
        return cachedPa[slot];
    }

    private long walkStage2(long ipa) {
        long control = registers.get(SysReg.VTCR_EL2);
        int bits = 64 - (int) (control & 0x3f);
        if ((control >>> 14 & 3) != 0 || ipa >>> bits != 0) {
            return -1;
        }
        int level = 2 - (int) (control >>> 6 & 3);
        long table = registers.get(SysReg.VTTBR_EL2) & TABLE_ADDRESS;
        long indexMask =
                -1; // the first level may be several concatenated tables, so its index may have more than nine bits
        for (; level <= LAST_LEVEL; level++) {
            int shift = 12 + 9 * (LAST_LEVEL - level);
            long index = ipa >>> shift & indexMask;
            indexMask = 0x1ff;
            PhysicalMemory block = bus.ramAt(table + (index << 3), 8);
            long descriptor = block == null ? 0 : block.read(table + (index << 3), 8);
            if ((descriptor & 1) == 0) {
                return -1;
            }
            if (level == LAST_LEVEL || (descriptor & 2) == 0) {
                long mask = (1L << shift) - 1;
                return descriptor & TABLE_ADDRESS & ~mask | ipa & mask;
            }
            table = descriptor & TABLE_ADDRESS;
        }
        return -1;
    }
}
