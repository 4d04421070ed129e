package org.shyperlab.emulator.device.storage;

/** A file cannot be a disk's store; the message names the file and says why. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With this message for people. */
    public StorageException(String message) {
        super(message);
    }

    /** With this message for people and what caused it. */
    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
