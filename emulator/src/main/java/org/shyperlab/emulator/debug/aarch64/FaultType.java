package org.shyperlab.emulator.debug.aarch64;

/** Faults that a table walk can end with, by their fault status codes (Arm ARM D24.2.40, "DFSC"). */
enum FaultType {
    ADDRESS_SIZE(0x00),
    TRANSLATION(0x04),
    ACCESS_FLAG(0x08),
    PERMISSION(0x0c),
    /** The bus does not answer where a table should be. */
    EXTERNAL_ABORT(0x14);

    private final int base;

    FaultType(int base) {
        this.base = base;
    }

    /** The fault status code at {@code level}, 0 to 3. */
    int status(int level) {
        return base | level;
    }
}
