package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import org.shyperlab.emulator.memory.DmaMemory;

/** A driver's memory that knows which bytes the device may write, and fails the test when it writes others. */
final class GuardedMemory implements DmaMemory {
    private final DriverMemory memory;
    private final boolean[] writable = new boolean[DriverMemory.BYTES];

    GuardedMemory(DriverMemory memory) {
        this.memory = memory;
    }

    /** The device may write these bytes, as far as they are RAM. */
    void allow(long address, long length) {
        long from = address - DriverMemory.BASE;
        for (long at = Math.max(from, 0); at < Math.min(from + length, DriverMemory.BYTES); at++) {
            writable[(int) at] = true;
        }
    }

    @Override
    public boolean read(long address, byte[] target, int offset, int length) {
        return memory.bus().read(address, target, offset, length);
    }

    @Override
    public boolean write(long address, byte[] source, int offset, int length) {
        boolean done = memory.bus().write(address, source, offset, length);
        for (int i = 0; done && i < length; i++) {
            assertThat(writable[(int) (address - DriverMemory.BASE) + i])
                    .as("0x%x was given for writing", address + i)
                    .isTrue();
        }
        return done;
    }
}
