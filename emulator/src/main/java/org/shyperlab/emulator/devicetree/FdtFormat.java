package org.shyperlab.emulator.devicetree;

/** Numbers of the binary form (Devicetree Specification 5.2 and 5.4). */
final class FdtFormat {
    static final int MAGIC = 0xd00d_feed;
    static final int VERSION = 17;
    static final int LAST_COMPATIBLE_VERSION = 16;
    static final int HEADER_BYTES = 40;
    static final int RESERVATION_BYTES = 16;

    static final int BEGIN_NODE = 1;
    static final int END_NODE = 2;
    static final int PROPERTY = 3;
    static final int NOP = 4;
    static final int END = 9;

    private FdtFormat() {}

    /** The next multiple of 4: tokens are aligned to cells. */
    static int align(int offset) {
        return offset + 3 & ~3;
    }
}
