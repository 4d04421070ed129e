package org.shyperlab.hypervisor.config;

/** Kinds of guests, under the names that Rust-Shyper's configurations use. */
public enum VmType {
    /** A general-purpose operating system. */
    VM_T_LINUX(0, "Linux"),
    /** A program without an operating system. The spelling is Rust-Shyper's. */
    VM_T_BARE_MATEL_APP(1, "Bare Metal App"),
    /** A FreeRTOS guest. */
    VM_T_FREERTOS(2, "FreeRTOS");

    private final int number;
    private final String label;

    VmType(int number, String label) {
        this.number = number;
        this.label = label;
    }

    /** The number in hypercalls. */
    public int number() {
        return number;
    }

    /** The name for people. */
    public String label() {
        return label;
    }
}
