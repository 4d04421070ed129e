package org.shyperlab.guestimages.debian;

/** A Debian package could not be had. The message is one paragraph for the user: what is missing, why, and what helps. */
public final class DebianPackageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** A failure with its paragraph for the user. */
    public DebianPackageException(String message) {
        super(message);
    }

    /** A failure with its paragraph for the user, caused by {@code cause}. */
    public DebianPackageException(String message, Throwable cause) {
        super(message, cause);
    }
}
