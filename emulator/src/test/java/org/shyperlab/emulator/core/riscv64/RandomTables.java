package org.shyperlab.emulator.core.riscv64;

import java.util.Random;
import java.util.TreeMap;

/** Random page tables of both stages in a small RAM, and random registers: for tests that hold one walker against another. */
public final class RandomTables {
    /** Doublewords by address: the tables. */
    public final TreeMap<Long, Long> memory = new TreeMap<>();
    /** satp of the first stage. */
    public final long satp;
    /** hgatp; 0 for no second stage. */
    public final long hgatp;
    /** SUM of the guest. */
    public final boolean sum;
    /** MXR of the guest. */
    public final boolean guestMxr;
    /** MXR of HS. */
    public final boolean hostMxr;
    /** Whether the guest's user mode accesses. */
    public final boolean userMode;

    private final Random random;
    private final long ram;
    private final int pages;

    /** First stage in guest memory at guest physical 0.., which the second stage maps to RAM where it can. */
    public RandomTables(Random random, long ram, int pages) {
        this.random = random;
        this.ram = ram;
        this.pages = pages;
        boolean guest = random.nextInt(4) != 0;
        userMode = random.nextBoolean();
        sum = random.nextBoolean();
        guestMxr = random.nextBoolean();
        hostMxr = guest && random.nextBoolean();
        int mode = random.nextInt(6) == 0 ? 0 : 8 + random.nextInt(3);
        long tables = ram >>> 12;
        satp = mode == 0 ? 0 : (long) mode << 60 | tables + 16 + random.nextInt(8);
        hgatp = guest ? (8L + random.nextInt(2)) << 60 | tables : 0;
        for (int page = 0; page < pages; page++) {
            for (int index = 0; index < 4; index++) {
                memory.put(ram + page * 4096L + index * 8L, entry(page >= 16));
            }
            // Guest physical RAM begins at index 2 of a root that covers GiBs.
            memory.put(ram + page * 4096L + 8 * 16, entry(page >= 16));
        }
        if (guest && random.nextInt(5) != 0) {
            // A useful G stage: identity for the RAM, so that first-stage tables are found.
            long flags = random.nextInt(4) == 0 ? 0x5b : 0xdf;
            long root = hgatp >>> 60 == 8 ? ram : ram + 4096 * 4;
            memory.put(root + 8 * 2, ram >>> 12 << 10 | flags);
            if (root != ram) {
                memory.put(ram, root >>> 12 << 10 | 1);
            }
        }
    }

    /** SUM and MXR of the guest in their places in vsstatus. */
    public long status() {
        return (sum ? 1 << 18 : 0) | (guestMxr ? 1 << 19 : 0);
    }

    /** Few distinct addresses, so that the random tables are walked to the end: low indexes at every level. */
    public static long address(Random random) {
        long address = random.nextInt(1 << 14);
        for (int level = 1; level < 5; level++) {
            address |= (long) random.nextInt(2) << 12 + 9 * level;
        }
        address |= (long) random.nextInt(3) << 12;
        return switch (random.nextInt(12)) {
            case 0 -> address | 1L << 38 + 9 * random.nextInt(3);
            case 1 -> address ^ -1L << 38 + 9 * random.nextInt(3);
            default -> address;
        };
    }

    private long entry(boolean firstStage) {
        long number = (ram >>> 12) + (firstStage ? 16 + random.nextInt(pages - 16) : random.nextInt(pages));
        long entry = number << 10 | 1;
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> {} // a pointer
            case 4 -> entry |= random.nextInt(256);
            case 5 -> entry |= 1L << random.nextInt(64);
            case 6 -> entry = (number & ~15 | 8) << 10 | 1L << 63 | 0xdf;
            case 7 -> entry = (number & ~0x3_ffffL) << 10 | 0x1f | (long) random.nextInt(4) << 6;
            case 8 -> entry = (long) random.nextInt(1 << 30) << 10 << random.nextInt(14) | 0xdf;
            default -> entry |= random.nextInt(16) << 1 | 0x10;
        }
        return random.nextInt(16) == 0 ? 0 : entry;
    }
}
