package org.shyperlab.emulator.debug.aarch64;

/** Memory types and shareability of leaf descriptors in words (Arm ARM D8.6, MAIR_EL1 D24.2.109). */
final class MemoryAttributes {
    private static final String[] SHAREABILITY = {
        "non-shareable", "reserved shareability", "outer shareable", "inner shareable"
    };
    private static final String[] DEVICE = {"Device-nGnRnE", "Device-nGnRE", "Device-nGRE", "Device-GRE"};
    private static final String[] STAGE2_CACHEABILITY = {"", "non-cacheable", "write-through", "write-back"};

    private MemoryAttributes() {}

    /** A stage-1 leaf: type by MAIR_EL1, shareability, nG and contiguous. */
    static String stage1(long descriptor, long mair) {
        int index = (int) (descriptor >>> 2 & 7);
        int attribute = (int) (mair >>> 8 * index & 0xff);
        return "%s (AttrIndx %d), %s%s%s"
                .formatted(
                        type(attribute),
                        index,
                        shareability(descriptor),
                        (descriptor & 1 << 11) != 0 ? ", not global" : "",
                        contiguous(descriptor));
    }

    /** A stage-2 leaf: MemAttr, shareability and contiguous. */
    static String stage2(long descriptor) {
        int attribute = (int) (descriptor >>> 2 & 15);
        String type = isStage2Device(descriptor)
                ? DEVICE[attribute & 3]
                : "Normal outer %s inner %s"
                        .formatted(
                                STAGE2_CACHEABILITY[attribute >>> 2],
                                (attribute & 3) == 0 ? "reserved" : STAGE2_CACHEABILITY[attribute & 3]);
        return "%s, %s%s".formatted(type, shareability(descriptor), contiguous(descriptor));
    }

    /** Whether a stage-2 leaf is Device memory: MemAttr[3:2] is 0. */
    static boolean isStage2Device(long descriptor) {
        return (descriptor >>> 4 & 3) == 0;
    }

    private static String type(int attribute) {
        if (attribute >>> 4 == 0) {
            return (attribute & 3) == 0 ? DEVICE[attribute >>> 2 & 3] : "reserved type 0x%02x".formatted(attribute);
        }
        return "Normal outer %s inner %s".formatted(cacheability(attribute >>> 4), cacheability(attribute & 15));
    }

    private static String cacheability(int field) {
        if (field == 4) {
            return "non-cacheable";
        }
        return switch (field >>> 2) {
            case 0 -> "write-through transient";
            case 1 -> "write-back transient";
            case 2 -> "write-through";
            default -> "write-back";
        };
    }

    private static String shareability(long descriptor) {
        return SHAREABILITY[(int) (descriptor >>> 8 & 3)];
    }

    private static String contiguous(long descriptor) {
        return (descriptor & 1L << 52) != 0 ? ", contiguous" : "";
    }
}
