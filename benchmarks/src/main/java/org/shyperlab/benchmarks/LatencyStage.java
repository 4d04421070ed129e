package org.shyperlab.benchmarks;

/** Moments on an interrupt's way, in their order. */
enum LatencyStage {
    /** The device raises its line. */
    RAISED("line raised"),
    /** The hypervisor has read GICC_IAR. Natively and with partial passthrough there is no such moment. */
    ACKNOWLEDGED("hypervisor has acknowledged (GICC_IAR)"),
    /** The hypervisor has written a list register. */
    INJECTED("list register filled (GICH_LRn)"),
    /** The guest's vector runs: its first access to a device, which its fifth instruction makes, reads the acknowledge register. */
    VECTOR("guest's vector reads its IAR"),
    /** The guest has ended the interrupt. */
    ENDED("guest has ended it (EOIR)");

    private final String title;

    LatencyStage(String title) {
        this.title = title;
    }

    /** For tables. */
    String title() {
        return title;
    }
}
