package org.shyperlab.emulator.core;

/** The interrupt pins of a core, which its interrupt controller drives. Level-signalled. */
public interface InterruptInputs {
    /** Physical IRQ. */
    void irq(boolean asserted);

    /** Physical FIQ. */
    void fiq(boolean asserted);

    /** Virtual IRQ, from the virtual CPU interface (GICV/GICH). */
    void virtualIrq(boolean asserted);

    /** Virtual FIQ, from the virtual CPU interface. */
    void virtualFiq(boolean asserted);
}
