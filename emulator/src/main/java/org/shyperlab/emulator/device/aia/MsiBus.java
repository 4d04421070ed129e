package org.shyperlab.emulator.device.aia;

/** Where an APLIC writes its message-signalled interrupts: the system bus. */
@FunctionalInterface
public interface MsiBus {
    /** Writes the 32-bit {@code data}, an interrupt identity, at a physical address. */
    void write(long address, int data);
}
