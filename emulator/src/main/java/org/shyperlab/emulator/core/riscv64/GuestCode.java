package org.shyperlab.emulator.core.riscv64;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

/**
 * The guest's code as its hart fetches it: to count instructions, which have two or four bytes, and to decode one. Remembers the pages
 * it went through like a small TLB, since each trap asks for them: a page holds until the hart itself looks it up again, which it does
 * after each fence before it executes code there.
 */
final class GuestCode {
    private static final int PAGE_BITS = 12;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int LONG_PARCEL = 3;
    private static final int ENTRIES = 16;
    /** No address of a page. */
    private static final long NONE = -1;

    private final AddressSpace bus;
    private final Translations translations;
    private final long[] pages = new long[ENTRIES];
    private final long[] physical = new long[ENTRIES];
    private final @Nullable PhysicalMemory[] blocks = new PhysicalMemory[ENTRIES];

    GuestCode(AddressSpace bus, Translations translations) {
        this.bus = bus;
        this.translations = translations;
        forget();
    }

    /** All translations may have changed. */
    void forget() {
        Arrays.fill(pages, NONE);
    }

    /** The hart looks up where to fetch from in the page of {@code address}. */
    void forget(long address) {
        pages[slot(address)] = NONE;
    }

    private static int slot(long address) {
        return (int) (address >>> PAGE_BITS) & ENTRIES - 1;
    }

    /** The slot of the page of {@code address}; without a block where nothing can be fetched. */
    private int find(long address) {
        int slot = slot(address);
        long page = address & -PAGE;
        if (pages[slot] != page) {
            long target = translations.fetch(page);
            PhysicalMemory block = target == -1 ? null : bus.ramAt(target, PAGE);
            pages[slot] = block == null ? NONE : page;
            physical[slot] = target;
            blocks[slot] = block;
        }
        return slot;
    }

    /** Whether a parcel begins an instruction of four bytes (Unprivileged ISA, "Base Instruction-Length Encoding"). */
    static boolean isLong(int parcel) {
        return (parcel & LONG_PARCEL) == LONG_PARCEL;
    }

    /** The instructions in {@code size} bytes; where nothing can be fetched, as many as there would be if all were long. */
    int instructionsIn(long address, int size) {
        int count = 0;
        long end = address + size;
        long at = address;
        while (at < end) {
            long pageEnd = Math.min(end, (at & -PAGE) + PAGE);
            int slot = find(at);
            PhysicalMemory block = blocks[slot];
            if (block == null) {
                return count + (int) (end - at + 3 >> 2);
            }
            while (at < pageEnd) {
                at += isLong(parcel(block, slot, at)) ? 4 : 2;
                count++;
            }
        }
        return count;
    }

    /** The instruction at an address, a compressed one with its upper half zero; 0, which is illegal, where nothing can be fetched. */
    int instructionAt(long address) {
        int low = parcelAt(address);
        return isLong(low) ? low | parcelAt(address + 2) << 16 : low;
    }

    private int parcelAt(long address) {
        int slot = find(address);
        PhysicalMemory block = blocks[slot];
        return block == null ? 0 : parcel(block, slot, address);
    }

    private int parcel(PhysicalMemory block, int slot, long address) {
        return (int) block.read(physical[slot] + (address & PAGE - 1), 2);
    }

    /** Where the hart would fetch from. */
    @FunctionalInterface
    interface Translations {
        /** The physical address behind a virtual one, or -1. */
        long fetch(long address);
    }
}
