package org.shyperlab.emulator.memory;

/**
 * RAM as a device that masters the bus reaches it: natively by physical address, in a VM by guest-physical address. Code that cores
 * translated from bytes written here is dropped. All calls come from the machine's thread.
 */
public interface DmaMemory {
    /**
     * Copies {@code length} bytes from {@code address} into {@code target}.
     *
     * @return false when any of them is not RAM that the device may reach; what {@code target} then holds means nothing
     */
    boolean read(long address, byte[] target, int offset, int length);

    /**
     * Copies {@code length} bytes of {@code source} to {@code address}.
     *
     * @return false, with nothing written, when any of them is not RAM that the device may reach
     */
    boolean write(long address, byte[] source, int offset, int length);
}
