package org.shyperlab.hypervisor.interrupt.aarch64;

import org.jspecify.annotations.Nullable;

/**
 * One interrupt of one VM (an SPI) or of one vCPU (an SGI or PPI), as the emulated distributor keeps it. While a list register holds
 * it, the list register knows better: {@link #holder} and {@link #listRegister} say which.
 */
final class VirtualInterrupt {
    final int id;

    /** The only vCPU interface an SGI or PPI can go to; null for an SPI, which {@link #targets} routes. */
    final @Nullable CpuInterface owner;

    boolean enabled;
    boolean edge;
    int priority;

    /** GICD_ITARGETSR: vCPUs, one bit each. */
    int targets;

    /** Made pending by an edge, by a physical interrupt or by GICD_ISPENDR, and not given to a list register since. */
    boolean latched;

    /** Level of the emulated device's line. */
    boolean line;

    boolean active;

    /** SGI only: a bit for each vCPU that sent it. */
    int sources;

    /** The physical interrupt that the guest's EOI deactivates, or -1. */
    int physical = -1;

    /** The interface whose list register holds this interrupt, and which one; null and -1 when none does. */
    @Nullable
    CpuInterface holder;

    int listRegister = -1;

    /** Whether it is pending there, as its holder last saw it: no other core can read that list register. */
    boolean heldPending;

    /** It is pending there because of GICD_ISPENDR, so that an emulated line that is low takes nothing back (IHI 0048B 3.2.4). */
    boolean heldLatch;

    /** Requests of a distributor write to the holder, carried out when it synchronises. */
    boolean dropPending;

    boolean dropActive;

    VirtualInterrupt(int id, @Nullable CpuInterface owner) {
        this.id = id;
        this.owner = owner;
        edge = id < 16;
        enabled = id < 16;
    }

    boolean isSgi() {
        return id < 16;
    }

    boolean isHardware() {
        return physical >= 0;
    }

    /** Pending outside of list registers. */
    boolean isPending() {
        return isSgi() ? sources != 0 : latched || !edge && line;
    }

    /** Pending in a list register, as far as is known here; what was taken back since does not count. */
    boolean isPendingAtHolder() {
        return heldPending && !dropPending && !isTakenBack();
    }

    /** Pending in a list register for a line that is low by now. */
    boolean isTakenBack() {
        return isEmulatedLevel() && !line && !heldLatch;
    }

    /** Level-sensitive, with the line of an emulated device behind it. */
    boolean isEmulatedLevel() {
        return !edge && !isHardware();
    }
}
