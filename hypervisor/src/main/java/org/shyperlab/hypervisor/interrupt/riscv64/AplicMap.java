package org.shyperlab.hypervisor.interrupt.riscv64;

/** Where the registers of an APLIC's interrupt domain are, and their fields (AIA 4.5). */
final class AplicMap {
    static final int DOMAINCFG = 0x0000;
    static final int DOMAINCFG_DM = 1 << 2;
    static final int DOMAINCFG_IE = 1 << 8;
    /** sourcecfg of source n is at 4 x n; the last one is 1023's. */
    static final int SOURCECFG_END = 0x1000;

    static final int MMSIADDRCFG = 0x1bc0;
    static final int MMSIADDRCFGH = 0x1bc4;
    static final int SMSIADDRCFG = 0x1bc8;
    static final int SMSIADDRCFGH = 0x1bcc;

    /** Four arrays of 32 words with a bit for each source: setip, in_clrip, setie, clrie. */
    static final int SETIP = 0x1c00;

    static final int CLRIP = 0x1d00;
    static final int SETIE = 0x1e00;
    static final int CLRIE = 0x1f00;
    static final int ARRAYS_END = 0x2000;
    /** What of an offset tells the arrays apart. */
    static final int ARRAY = 0x1f00;
    /** From an array on: the register that takes the number of one source instead. */
    static final int NUMBER = 0xdc;

    static final int SETIPNUM_LE = 0x2000;
    static final int SETIPNUM_BE = 0x2004;
    static final int GENMSI = 0x3000;
    /** The first delivery structure (IDC), which only direct delivery needs; and where target ends. */
    static final int DIRECT_DELIVERY = 0x4000;

    static final int HART_SHIFT = 18;
    static final int GUEST_SHIFT = 12;
    static final int GUEST_MASK = 0x3f;
    static final int IDENTITY_MASK = 0x7ff;

    private AplicMap() {}

    static int sourceConfiguration(int source) {
        return 4 * source;
    }

    static int target(int source) {
        return GENMSI + 4 * source;
    }

    /** The target that sends {@code identity} to a file of a hart: 0 its supervisor's, others its guest files. */
    static int target(int hart, int file, int identity) {
        return hart << HART_SHIFT | file << GUEST_SHIFT | identity;
    }
}
