package org.shyperlab.hypervisor.vm;

/** Life of a VM. */
public enum VmState {
    /** Configured, not loaded. */
    INACTIVE,
    /** Loaded, about to start. */
    PENDING,
    /** Runs. */
    ACTIVE,
    /** Stopped because its guest did something impossible. */
    FAILED,
    /** Its guest switched it off. */
    OFF;

    /** The number in hypercalls, as Rust-Shyper's VmInv, VmPending and VmActive. */
    public int number() {
        return switch (this) {
            case INACTIVE, FAILED, OFF -> 0;
            case PENDING -> 1;
            case ACTIVE -> 2;
        };
    }
}
