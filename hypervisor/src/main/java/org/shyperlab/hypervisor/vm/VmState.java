package org.shyperlab.hypervisor.vm;

/** Life of a VM. */
public enum VmState {
    /** Configured, not loaded. */
    INACTIVE,
    /** Loaded, about to start. */
    PENDING,
    /** Runs. */
    ACTIVE,
    /** Stands still, its time too. */
    PAUSED,
    /** Stopped because its guest did something impossible. */
    FAILED,
    /** Switched off, by its guest or from outside. */
    OFF;

    /** The number in hypercalls: Rust-Shyper's VmInv, VmPending and VmActive; 3 and 4 are ours. */
    public int number() {
        return switch (this) {
            case INACTIVE, OFF -> 0;
            case PENDING -> 1;
            case ACTIVE -> 2;
            case PAUSED -> 3;
            case FAILED -> 4;
        };
    }

    /** The name for people, as the {@code shyper} program in the management VM prints it. */
    public String label() {
        return switch (this) {
            case INACTIVE, OFF -> "Inactive";
            case PENDING -> "Pending";
            case ACTIVE -> "Active";
            case PAUSED -> "Paused";
            case FAILED -> "Failed";
        };
    }

    /** Whether the VM's vCPUs run, or will as soon as it is told to go on. */
    public boolean isAlive() {
        return this == PENDING || this == ACTIVE || this == PAUSED;
    }
}
