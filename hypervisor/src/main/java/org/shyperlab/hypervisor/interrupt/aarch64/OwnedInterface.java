package org.shyperlab.hypervisor.interrupt.aarch64;

import java.util.Arrays;

/**
 * The physical CPU interface and private interrupts of a vCPU whose guest owns its interrupts (GIC partial passthrough), while the
 * hypervisor has taken the core back: what the guest had set, and which interrupts it was at, for when it goes on. The hypervisor must
 * not work under the guest's running priority, nor with interrupts active that are its own as well: it would be deaf.
 */
public final class OwnedInterface {
    /** Private interrupts that the hypervisor keeps for itself. */
    private static final int HYPERVISOR_PRIVATE = 1 << PhysicalGic.MAINTENANCE | 1 << PhysicalGic.HYPERVISOR_TIMER;

    /** Of the interface: GICC_BPR, GICC_ABPR, GICC_APR0, GICC_NSAPR0; GICC_PMR; last, for it switches the others on, GICC_CTLR. */
    private static final int[] INTERFACE = {0x08, 0x1c, 0xd0, 0xe0, 0x04, 0x00};

    /** Those of them that the hypervisor wants to be zero; the others it sets itself. */
    private static final int CLEARED = 4;

    private static final int PRIORITY_MASK = 4;
    private static final int CONTROL = 5;
    private static final int ENABLE = 1;
    private static final int ALL_PRIORITIES = 0xff;
    /** The software interrupts are always enabled. */
    private static final int SOFTWARE_INTERRUPTS = 0xffff;

    /** The hypervisor's own among them, IPI and kick, as bytes of four words. */
    private static final int[] HYPERVISOR_SENDERS = {
        0xff << 8 * PhysicalGic.IPI, 0, 0, 0xff << 8 * (PhysicalGic.KICK - 12)
    };

    private static final int SET_ENABLE = 0x100;
    private static final int SET_ACTIVE = 0x300;
    private static final int CLEAR_ACTIVE = 0x380;
    private static final int PRIORITIES = 0x400;
    private static final int CLEAR_SENDERS = 0xf10;
    private static final int SET_SENDERS = 0xf20;

    private final int[] registers = new int[INTERFACE.length];
    private final int[] priorities = new int[PhysicalGic.FIRST_SPI / 4];
    /** A byte for each software interrupt: which cores have sent it. */
    private final int[] senders = new int[4];

    private int enabled;
    private int active;
    private boolean fresh;

    /** In reset state. */
    public OwnedInterface() {
        reset();
    }

    /** What a guest finds at its start: an interface that is on, its software interrupts enabled. */
    public void reset() {
        Arrays.fill(registers, 0);
        Arrays.fill(priorities, 0);
        Arrays.fill(senders, 0);
        registers[CONTROL] = ENABLE;
        registers[PRIORITY_MASK] = ALL_PRIORITIES;
        enabled = SOFTWARE_INTERRUPTS;
        active = 0;
        fresh = true;
    }

    /**
     * The guest goes into its core. Software interrupts that came for the hypervisor are served, and none of the guest's; at its start
     * none is.
     */
    public void load(PhysicalGic gic) {
        gic.enablePrivate(-1, false);
        for (int i = 0; i < priorities.length; i++) {
            gic.writeDistributor(PRIORITIES + i * 4, 4, priorities[i]);
        }
        for (int i = 0; i < senders.length; i++) {
            gic.writeDistributor(CLEAR_SENDERS + i * 4, 4, fresh ? -1 : HYPERVISOR_SENDERS[i]);
            gic.writeDistributor(SET_SENDERS + i * 4, 4, senders[i]);
        }
        fresh = false;
        gic.writeDistributor(SET_ACTIVE, 4, active);
        gic.enablePrivate(enabled & ~HYPERVISOR_PRIVATE, true);
        for (int i = 0; i < registers.length; i++) {
            gic.writeInterface(INTERFACE[i], registers[i]);
        }
    }

    /** The guest leaves its core, which has neither pending software interrupts nor active private ones after that. */
    public void save(PhysicalGic gic) {
        gic.endKick();
        for (int i = 0; i < registers.length; i++) {
            registers[i] = gic.readInterface(INTERFACE[i]);
            if (i < CLEARED) {
                gic.writeInterface(INTERFACE[i], 0);
            }
        }
        for (int i = 0; i < priorities.length; i++) {
            priorities[i] = gic.readDistributor(PRIORITIES + i * 4, 4);
        }
        for (int i = 0; i < senders.length; i++) {
            senders[i] = gic.readDistributor(SET_SENDERS + i * 4, 4);
            gic.writeDistributor(CLEAR_SENDERS + i * 4, 4, -1);
        }
        enabled = gic.readDistributor(SET_ENABLE, 4);
        active = gic.readDistributor(SET_ACTIVE, 4);
        gic.writeDistributor(CLEAR_ACTIVE, 4, active);
        gic.enablePrivate(-1, false);
    }
}
