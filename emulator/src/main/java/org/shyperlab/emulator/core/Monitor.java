package org.shyperlab.emulator.core;

/**
 * Software at the hypervisor's privilege level (EL2, HS), written in Java: what runs when a core takes an exception there.
 *
 * <p>All calls come from the machine's thread, with the core stopped at a precise point. A handler sees the machine as silicon shows
 * itself: the core's registers, physical memory and devices on the bus. When the method returns, the core goes on ("ERET") at
 * {@link Core#pc()} with whatever state the handler left, unless it was idled or powered off.
 */
public interface Monitor {
    /** A core has just left reset (power-on of core 0, or firmware's CPU_ON of another). It has no guest yet. */
    void start(Core core);

    /**
     * The guest did something that the architecture routes to this level. The trap object belongs to the core and is overwritten by
     * the next trap. The program counter is where the architecture says: after an HVC, at the instruction for everything else.
     */
    void trap(Core core, Trap trap);

    /** A physical interrupt is asserted at the core and routed to this level. Nothing has been acknowledged yet. */
    void interrupt(Core core);
}
