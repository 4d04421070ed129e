package org.shyperlab.emulator.machine;

/** What {@link HostileCode} aims at: addresses, system registers, groups of encodings. */
final class HostileTargets {
    /** Devices of QEMU's virt board, RAM, holes, and the ends of address spaces. */
    static final long[] PLACES = {
        0x0800_0000L,
        0x0800_0f00L,
        0x0800_0400L,
        0x0800_0800L,
        0x0801_0000L,
        0x0801_1000L,
        0x0803_0000L,
        0x0803_0100L,
        0x0804_0000L,
        0x0900_0000L,
        0x0900_0030L,
        0x0901_0000L,
        0x0903_0000L,
        0x0a00_0000L,
        0x0a00_0e00L,
        0,
        0x1000_0000L,
        0x3fff_fffcL,
        0x4000_0000L,
        HostileCode.BASE,
        HostileCode.BASE + HostileCode.CODE,
        HostileCode.BASE + HostileCode.TABLES,
        0x40ff_fff8L,
        0x40ff_fffdL,
        0x4800_0000L,
        0x5fff_ffffL,
        0x8000_0000L,
        0xff_ffff_fff8L,
        0x100_0000_0000L,
        0x7fff_ffff_fff9L,
        0xffff_8000_0000_0000L,
        0xffff_ffff_ffff_fffcL,
        0x8000_0000_0000_0000L
    };

    /** What a small VM has; an access elsewhere is the end of it. */
    static final long[] GUEST_PLACES = {
        0x0800_0000L,
        0x0800_0f00L,
        0x0800_0400L,
        0x0800_0800L,
        0x0800_0c00L,
        0x0801_0000L,
        0x0801_1000L,
        0x0900_0000L,
        0x0900_0030L,
        0x4000_0000L,
        HostileCode.BASE,
        HostileCode.BASE + HostileCode.CODE,
        HostileCode.BASE + HostileCode.TABLES,
        0x40f0_0000L
    };

    /** op0, op1, CRn, CRm, op2 of registers and instructions worth attacking, packed as in MSR (bits 20:5). */
    static final int[] REGISTERS = {
        register(3, 0, 1, 0, 0),
        register(3, 0, 1, 0, 1),
        register(3, 0, 1, 0, 2),
        register(3, 0, 2, 0, 0),
        register(3, 0, 2, 0, 1),
        register(3, 0, 2, 0, 2),
        register(3, 0, 4, 0, 0),
        register(3, 0, 4, 0, 1),
        register(3, 0, 4, 1, 0),
        register(3, 0, 4, 2, 0),
        register(3, 0, 4, 2, 2),
        register(3, 0, 5, 2, 0),
        register(3, 0, 6, 0, 0),
        register(3, 0, 7, 4, 0),
        register(3, 0, 10, 2, 0),
        register(3, 0, 12, 0, 0),
        register(3, 0, 13, 0, 1),
        register(3, 0, 13, 0, 4),
        register(3, 2, 0, 0, 0),
        register(3, 3, 4, 2, 0),
        register(3, 3, 4, 2, 1),
        register(3, 3, 4, 4, 0),
        register(3, 3, 4, 4, 1),
        register(3, 3, 13, 0, 2),
        register(3, 0, 14, 1, 0),
        register(3, 3, 14, 0, 0),
        register(3, 3, 14, 0, 1),
        register(3, 3, 14, 0, 2),
        register(3, 3, 14, 2, 0),
        register(3, 3, 14, 2, 1),
        register(3, 3, 14, 2, 2),
        register(3, 3, 14, 3, 0),
        register(3, 3, 14, 3, 1),
        register(3, 3, 14, 3, 2),
        register(2, 0, 0, 2, 2),
        register(2, 0, 0, 0, 4),
        register(2, 0, 0, 0, 5),
        register(2, 0, 0, 0, 6),
        register(2, 0, 0, 0, 7),
        register(2, 0, 1, 0, 4),
        register(2, 0, 1, 3, 4),
        register(3, 3, 9, 12, 0),
        register(3, 3, 9, 12, 1),
        register(3, 3, 9, 12, 5),
        register(3, 3, 9, 13, 0),
        register(3, 3, 9, 13, 1),
        register(3, 3, 9, 14, 0),
        register(3, 0, 9, 14, 1),
        register(3, 0, 12, 12, 5),
        register(3, 0, 4, 6, 0),
        register(3, 4, 1, 1, 0),
        register(3, 4, 2, 1, 0),
        register(3, 6, 1, 1, 0),
        register(3, 0, 0, 0, 5),
        register(3, 0, 12, 1, 0),
        register(1, 3, 7, 5, 1),
        register(1, 3, 7, 4, 1),
        register(1, 3, 7, 14, 1),
        register(1, 3, 7, 11, 1),
        register(1, 0, 7, 6, 1),
        register(1, 0, 7, 6, 2),
        register(1, 0, 7, 8, 0),
        register(1, 0, 7, 8, 1),
        register(1, 0, 7, 8, 2),
        register(1, 0, 7, 8, 3),
        register(1, 0, 8, 3, 0),
        register(1, 0, 8, 3, 1),
        register(1, 0, 8, 3, 2),
        register(1, 0, 8, 3, 3),
        register(1, 0, 8, 3, 5),
        register(1, 0, 8, 3, 7),
        register(1, 0, 8, 7, 0),
        register(1, 0, 8, 7, 1),
        register(1, 0, 8, 7, 2),
        register(1, 0, 8, 7, 3),
        register(1, 0, 8, 7, 5),
        register(1, 0, 8, 7, 7),
        register(1, 4, 8, 7, 4)
    };

    /** Where the instructions of REGISTERS begin. IC IALLU is left to chance: it is slow, and a loop of it would take the test's time. */
    static final int FIRST_INSTRUCTION = 55;

    /** Fixed bits and random bits of encoding groups: most random fillings are real instructions. */
    static final int[][] GROUPS = {
        {0x1000_0000, 0xe3ff_ffff}, // data processing, immediate
        {0x0a00_0000, 0xf5ff_ffff}, // data processing, register
        {0x0e00_0000, 0xf1ff_ffff}, // SIMD and floating point
        {0x3800_0000, 0xc7ff_ffff}, // loads and stores of one register
        {0x2800_0000, 0xd7ff_ffff}, // pairs
        {0x0800_0000, 0xc7ff_ffff}, // exclusives
        {0x1800_0000, 0xc7ff_ffff}, // literal loads
        {0x0c00_0000, 0x41bf_ffff}, // SIMD structures
        {0x3820_0000, 0xc3df_ffff}, // atomics of ARMv8.1 and register offsets
    };

    static int register(int op0, int op1, int crn, int crm, int op2) {
        return op0 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5;
    }

    private HostileTargets() {}
}
