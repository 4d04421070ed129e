package org.shyperlab.emulator.core;

import java.io.Serial;

/**
 * A native library that the emulator stands on is missing, damaged or of another version. The message is one paragraph for the user:
 * which file, what is wrong with it, and the command that brings the right one.
 */
public final class NativeLibraryException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** With the paragraph that the user reads. */
    public NativeLibraryException(String message) {
        super(message);
    }

    /** With the paragraph that the user reads and the loader's own complaint. */
    public NativeLibraryException(String message, Throwable cause) {
        super(message, cause);
    }
}
