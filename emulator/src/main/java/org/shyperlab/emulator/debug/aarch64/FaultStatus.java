package org.shyperlab.emulator.debug.aarch64;

/** Fault status codes: DFSC and IFSC of a syndrome, FST of PAR_EL1 (Arm ARM D24.2.40, "DFSC"). */
final class FaultStatus {
    private FaultStatus() {}

    /** The kind of fault and its level, for example {@code translation fault at level 2}. */
    static String inWords(int status) {
        int code = status & 0x3f;
        return switch (code) {
            case 0x00, 0x01, 0x02, 0x03 -> "address size fault" + atLevel(code);
            case 0x04, 0x05, 0x06, 0x07 -> "translation fault" + atLevel(code);
            case 0x08, 0x09, 0x0a, 0x0b -> "access flag fault" + atLevel(code);
            case 0x0c, 0x0d, 0x0e, 0x0f -> "permission fault" + atLevel(code);
            case 0x10 -> "external abort";
            case 0x11 -> "tag check fault";
            case 0x12 -> "external abort on a table walk at level -2";
            case 0x13 -> "external abort on a table walk at level -1";
            case 0x14, 0x15, 0x16, 0x17 -> "external abort on a table walk" + atLevel(code);
            case 0x18 -> "parity or ECC error";
            case 0x1b -> "parity or ECC error on a table walk at level -1";
            case 0x1c, 0x1d, 0x1e, 0x1f -> "parity or ECC error on a table walk" + atLevel(code);
            case 0x21 -> "alignment fault";
            case 0x22 -> "granule protection fault on a table walk at level -2";
            case 0x23 -> "granule protection fault on a table walk at level -1";
            case 0x24, 0x25, 0x26, 0x27 -> "granule protection fault on a table walk" + atLevel(code);
            case 0x28 -> "granule protection fault";
            case 0x29 -> "address size fault at level -1";
            case 0x2a -> "translation fault at level -2";
            case 0x2b -> "translation fault at level -1";
            case 0x2c -> "address size fault at level -2";
            case 0x30 -> "TLB conflict abort";
            case 0x31 -> "unsupported atomic hardware update";
            case 0x34 -> "implementation defined fault (lockdown)";
            case 0x35 -> "implementation defined fault (unsupported exclusive or atomic access)";
            case 0x3d -> "section domain fault";
            case 0x3e -> "page domain fault";
            default -> "reserved fault status 0x%02x".formatted(code);
        };
    }

    /** Whether the code is a fault of address translation itself, which belongs to one of the two stages. */
    static boolean isTranslationRegime(int status) {
        int code = status & 0x3f;
        return code < 0x10 || code == 0x29 || code == 0x2a || code == 0x2b || code == 0x2c;
    }

    private static String atLevel(int code) {
        return " at level " + (code & 3);
    }
}
