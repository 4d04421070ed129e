package org.shyperlab.benchmarks;

/** Moments on an interrupt's way, in their order. */
enum LatencyStage {
    /** The device raises its line. */
    RAISED("line raised"),
    /** The hypervisor has read GICC_IAR or claimed at the PLIC. Where the interrupt does not pass through it there is no such moment. */
    ACKNOWLEDGED("hypervisor has acknowledged"),
    /** The hypervisor has written a list register (GICH_LRn). A PLIC has no such moment on the bus. */
    INJECTED("list register filled"),
    /** The guest's vector runs: with a GIC it reads its acknowledge register; on RISC-V it has claimed and reads the device. */
    VECTOR("guest's vector runs"),
    /** The guest has ended the interrupt: GICC_EOIR or the PLIC's complete; at an interrupt file, the device has lowered its line. */
    ENDED("guest has ended it");

    private final String title;

    LatencyStage(String title) {
        this.title = title;
    }

    /** For tables. */
    String title() {
        return title;
    }
}
