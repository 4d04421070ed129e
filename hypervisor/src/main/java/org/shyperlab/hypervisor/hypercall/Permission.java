package org.shyperlab.hypervisor.hypercall;

/** Who may make a call. */
public enum Permission {
    /** Every VM. */
    ANYBODY("every VM"),
    /** The VM that the first argument names, and the management VM. */
    CONCERNED("the VM concerned, MVM"),
    /** VM 0. */
    MVM("MVM");

    private final String text;

    Permission(String text) {
        this.text = text;
    }

    /** For tables. */
    public String text() {
        return text;
    }
}
