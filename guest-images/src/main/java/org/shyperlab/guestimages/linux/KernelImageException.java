package org.shyperlab.guestimages.linux;

/** A kernel file cannot be used. The message is one paragraph for the user: which file, what is wrong with it, what is expected. */
public final class KernelImageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** A failure with its paragraph for the user. */
    public KernelImageException(String message) {
        super(message);
    }
}
