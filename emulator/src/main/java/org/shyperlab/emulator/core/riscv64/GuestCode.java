package org.shyperlab.emulator.core.riscv64;

import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

/** The guest's code as its hart fetches it: to count instructions, which have two or four bytes, and to decode one. */
final class GuestCode {
    private static final int PAGE = 4096;
    private static final int LONG_PARCEL = 3;

    private final AddressSpace bus;
    private final Translations translations;

    GuestCode(AddressSpace bus, Translations translations) {
        this.bus = bus;
        this.translations = translations;
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
            long physical = translations.fetch(at);
            PhysicalMemory block = physical == -1 ? null : bus.ramAt(physical & -PAGE, PAGE);
            if (block == null) {
                return count + (int) (end - at + 3 >> 2);
            }
            long distance = physical - at;
            while (at < pageEnd) {
                at += isLong((int) block.read(at + distance, 2)) ? 4 : 2;
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
        long physical = translations.fetch(address);
        PhysicalMemory block = physical == -1 ? null : bus.ramAt(physical, 2);
        return block == null ? 0 : (int) block.read(physical, 2);
    }

    /** Where the hart would fetch from. */
    @FunctionalInterface
    interface Translations {
        /** The physical address behind a virtual one, or -1. */
        long fetch(long address);
    }
}
