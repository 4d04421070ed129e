package org.shyperlab.emulator.device.aia;

/** Source modes of an APLIC: values of the field SM of sourcecfg (AIA 4.5.2, table 4.2). */
final class SourceMode {
    static final int INACTIVE = 0;
    static final int DETACHED = 1;
    static final int EDGE1 = 4;
    static final int EDGE0 = 5;
    static final int LEVEL1 = 6;
    static final int LEVEL0 = 7;

    private SourceMode() {}

    /** The mode that a written value selects: reserved values select Inactive. */
    static int of(int value) {
        return value == 2 || value == 3 ? INACTIVE : value;
    }

    static boolean isLevel(int mode) {
        return mode >= LEVEL1;
    }

    /** The rectified input value: the wire, inverted in modes Edge0 and Level0; zero when the wire does not count. */
    static boolean rectified(int mode, boolean wire) {
        return mode >= EDGE1 && wire != ((mode & 1) != 0);
    }
}
