package org.shyperlab.hypervisor.hypercall;

/**
 * Why a hypercall failed. The result is the negative number; Rust-Shyper has only the first, its {@code Err(())}. Numbers are part of
 * the interface: they never change.
 */
public enum HypercallError {
    /** Failed, and no other number says why. */
    FAILED(-1, "it failed"),
    /** Only the management VM may do that (or the VM concerned, where the table says so). */
    NOT_PERMITTED(-2, "only the management VM may do that"),
    /** An argument breaks its rule: an address outside the caller's memory, a length, a number, an unfinished configuration. */
    BAD_ARGUMENT(-3, "an argument is wrong"),
    /** No VM has this id, or one that the caller may not know of: both are the same to it. */
    NO_SUCH_VM(-4, "there is no VM with this id, or none that the caller may know of"),
    /** The VM's state does not allow it. */
    WRONG_STATE(-5, "the state of the VM does not allow it"),
    /** Cores, memory, ids or queue entries are used up, now. */
    NO_RESOURCES(-6, "memory, cores or queue entries are used up"),
    /** The call exists, but not in this version. */
    NOT_YET(-7, "not implemented yet"),
    /** There is no such call. */
    UNKNOWN_CALL(-8, "there is no such call");

    private final int code;
    private final String text;

    HypercallError(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** The call's result, negative. */
    public long code() {
        return code;
    }

    /** What it means, as part of a sentence. */
    public String text() {
        return text;
    }

    /** The error with this code; {@link #FAILED} for numbers that are none of ours. */
    public static HypercallError of(long code) {
        for (HypercallError error : values()) {
            if (error.code == code) {
                return error;
            }
        }
        return FAILED;
    }
}
