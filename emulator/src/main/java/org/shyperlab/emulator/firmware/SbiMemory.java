package org.shyperlab.emulator.firmware;

import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.memory.AddressSpace;

/** The memory that the addresses of SBI calls mean. */
public interface SbiMemory {
    /** Whether all of the range is RAM of the caller. */
    boolean isRam(long address, long length);

    /** Reads a byte of RAM, 0 to 255. */
    int readByte(long address);

    /** Writes a byte of RAM. */
    void writeByte(long address, int value);

    /** The memory of a whole machine. */
    static SbiMemory of(AddressSpace bus) {
        return new SbiMemory() {
            @Override
            public boolean isRam(long address, long length) {
                return bus.ramAt(address, length) != null;
            }

            @Override
            public int readByte(long address) {
                return (int) bus.read(Device.NO_CORE, address, 1);
            }

            @Override
            public void writeByte(long address, int value) {
                bus.write(Device.NO_CORE, address, 1, value);
            }
        };
    }
}
