package org.shyperlab.hypervisor.interrupt.aarch64;

/**
 * The physical CPU interface and private interrupts of a vCPU whose guest owns its interrupts (GIC partial passthrough), while the
 * hypervisor has taken the core back: what the guest had set, for when it goes on.
 */
public final class OwnedInterface {
    /** Private interrupts that the hypervisor keeps for itself. */
    private static final int HYPERVISOR_PRIVATE = 1 << PhysicalGic.MAINTENANCE | 1 << PhysicalGic.HYPERVISOR_TIMER;

    private static final int ENABLE = 1;
    private static final int ALL_PRIORITIES = 0xff;

    private final int[] priorities = new int[PhysicalGic.FIRST_SPI / 4];
    private int control;
    private int priorityMask;
    private int enabled;

    /** In reset state. */
    public OwnedInterface() {
        reset();
    }

    /** What a guest finds at its start: an interface that is on, its software interrupts enabled. */
    public void reset() {
        control = ENABLE;
        priorityMask = ALL_PRIORITIES;
        enabled = 1 << PhysicalGic.IPI;
    }

    /** The guest goes into its core. */
    public void load(PhysicalGic gic) {
        gic.dropIpi(); // its requests are served, and the guest would take it for its own
        gic.enablePrivate(-1, false);
        gic.privatePriorities(priorities);
        gic.enablePrivate(enabled & ~HYPERVISOR_PRIVATE, true);
        gic.cpuInterface(control, priorityMask);
    }

    /** The guest leaves its core. */
    public void save(PhysicalGic gic) {
        gic.endKick();
        enabled = gic.privateEnabled();
        gic.savePrivatePriorities(priorities);
        control = gic.cpuInterfaceControl();
        priorityMask = gic.priorityMask();
    }
}
