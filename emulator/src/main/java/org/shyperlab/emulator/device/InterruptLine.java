package org.shyperlab.emulator.device;

/** A wire from an interrupt source to an interrupt controller's input. Level-signalled: it stays as last set. */
@FunctionalInterface
public interface InterruptLine {
    /** A wire that leads nowhere. */
    InterruptLine UNCONNECTED = high -> {};

    /** Drives the wire high or low. Setting the level it already has is allowed and has no effect. */
    void set(boolean high);
}
