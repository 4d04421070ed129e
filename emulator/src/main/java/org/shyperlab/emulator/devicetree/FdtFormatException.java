package org.shyperlab.emulator.devicetree;

/** A blob that is no well-formed flattened device tree. The message names the offset and the rule that is broken. */
public final class FdtFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    /** An error at a byte offset of the blob. */
    FdtFormatException(int offset, String rule) {
        super("device tree blob, offset 0x%x: %s".formatted(offset, rule));
    }
}
