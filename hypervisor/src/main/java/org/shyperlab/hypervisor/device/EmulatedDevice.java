package org.shyperlab.hypervisor.device;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.uart.SerialInput;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/**
 * A device that exists only for one VM. Its registers are not mapped in stage 2, so every access traps and lands here. It never
 * throws for what a guest does: wrong accesses read as zero or are ignored.
 */
public interface EmulatedDevice {
    /** The instance's name in messages. */
    String name();

    /** Size of the register window in bytes. */
    long size();

    /** Reads {@code size} bytes (1, 2, 4, 8) at {@code offset} for the vCPU, zero-extended. */
    long read(Vcpu vcpu, long offset, int size);

    /** Writes the low {@code size} bytes of {@code value} at {@code offset} for the vCPU. */
    void write(Vcpu vcpu, long offset, int size, long value);

    /** Where somebody outside types to the VM with this device; null when nobody can. */
    default @Nullable SerialInput keyboard() {
        return null;
    }

    /** Reset state, as when the VM is powered on. */
    void reset();

    /** The VM goes away: gives back what the device has outside of it. */
    default void close() {}
}
