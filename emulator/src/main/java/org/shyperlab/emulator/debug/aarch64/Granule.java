package org.shyperlab.emulator.debug.aarch64;

/** Translation granules: the size of a page and of a table (Arm ARM D8.2). */
enum Granule {
    KIB_4(12, "4 KiB"),
    KIB_16(14, "16 KiB"),
    KIB_64(16, "64 KiB");

    private final int pageBits;
    private final String title;

    Granule(int pageBits, String title) {
        this.pageBits = pageBits;
        this.title = title;
    }

    /** TCR_EL1.TG0 and VTCR_EL2.TG0. The reserved value is taken as 4 KiB. */
    static Granule ofTg0(int field) {
        return switch (field) {
            case 1 -> KIB_64;
            case 2 -> KIB_16;
            default -> KIB_4;
        };
    }

    /** TCR_EL1.TG1. The reserved value is taken as 4 KiB. */
    static Granule ofTg1(int field) {
        return switch (field) {
            case 1 -> KIB_16;
            case 3 -> KIB_64;
            default -> KIB_4;
        };
    }

    /** Address bits inside a page. */
    int pageBits() {
        return pageBits;
    }

    /** Address bits that one level resolves: a table is one page of 8-byte descriptors. */
    int stride() {
        return pageBits - 3;
    }

    /** The first level whose descriptors may be blocks. */
    int firstBlockLevel() {
        return this == KIB_4 ? 1 : 2;
    }

    /** The size in words. */
    String title() {
        return title;
    }
}
