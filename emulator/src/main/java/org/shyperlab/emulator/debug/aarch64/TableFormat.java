package org.shyperlab.emulator.debug.aarch64;

/**
 * The shape of a tree of translation tables (Arm ARM D8.2, D8.3), the same for both stages.
 *
 * @param granule page and table size
 * @param inputBits size of the input address
 * @param startLevel level of the first lookup, 0 to 3
 * @param baseRegister TTBRn_EL1 or VTTBR_EL2
 * @param outputBits size that output addresses may have
 */
record TableFormat(Granule granule, int inputBits, int startLevel, long baseRegister, int outputBits) {
    private static final long ADDRESS_MASK = (1L << 48) - 1;
    /** Sizes by TCR_EL1.IPS and VTCR_EL2.PS; 52 bits would need FEAT_LPA, and the reserved value is taken as the largest. */
    private static final int[] SIZES = {32, 36, 40, 42, 44, 48, 48, 48};

    /** What a descriptor is at its level. */
    enum Kind {
        INVALID,
        TABLE,
        BLOCK,
        PAGE
    }

    /** The address size that a PS or IPS field means. */
    static int addressBits(int field) {
        return SIZES[field & 7];
    }

    /** Lowest input bit that {@code level} resolves; also the size of a block there, as a power of two. */
    int shift(int level) {
        return granule.pageBits() + (3 - level) * granule.stride();
    }

    /** Input bits that the first lookup resolves; more than {@link Granule#stride} where tables are concatenated. */
    int startIndexBits() {
        return inputBits - shift(startLevel);
    }

    /** Address of the first table: the register's address field, aligned to the size of that table. */
    long startTable() {
        return baseRegister & ADDRESS_MASK & -1L << startIndexBits() + 3;
    }

    /** Address of the descriptor for {@code input} in {@code table} at {@code level}. */
    long descriptorAddress(long table, int level, long input) {
        int indexBits = level == startLevel ? startIndexBits() : granule.stride();
        long index = input >>> shift(level) & (1L << indexBits) - 1;
        return table + (index << 3);
    }

    /** What {@code descriptor} is at {@code level}. */
    Kind kind(long descriptor, int level) {
        boolean isTableOrPage = (descriptor & 2) != 0;
        if ((descriptor & 1) == 0) {
            return Kind.INVALID;
        }
        if (level == 3) {
            return isTableOrPage ? Kind.PAGE : Kind.INVALID;
        }
        if (isTableOrPage) {
            return Kind.TABLE;
        }
        return level >= granule.firstBlockLevel() ? Kind.BLOCK : Kind.INVALID;
    }

    /** The address that a table descriptor points at. */
    long nextTable(long descriptor) {
        return descriptor & ADDRESS_MASK & -1L << granule.pageBits();
    }

    /** First address that a block or page descriptor of {@code level} maps to. */
    long leafBase(long descriptor, int level) {
        return descriptor & ADDRESS_MASK & -1L << shift(level);
    }

    /** Where {@code input} goes by a block or page descriptor of {@code level}. */
    long output(long descriptor, int level, long input) {
        return leafBase(descriptor, level) | input & (1L << shift(level)) - 1;
    }

    /** Whether an address has bits above the output size: an address size fault. */
    boolean isTooLarge(long address) {
        return address >>> outputBits != 0;
    }

    /** The size of a block or page of {@code level} in words. */
    String leafSize(int level) {
        int bits = shift(level);
        if (bits >= 30) {
            return (1L << bits - 30) + " GiB";
        }
        return bits >= 20 ? (1L << bits - 20) + " MiB" : (1L << bits - 10) + " KiB";
    }
}
