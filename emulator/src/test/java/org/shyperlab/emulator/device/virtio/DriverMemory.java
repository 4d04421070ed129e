package org.shyperlab.emulator.device.virtio;

import java.lang.foreign.MemorySegment;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;
import org.shyperlab.emulator.trace.GuestErrors;

/** A driver's memory: a mebibyte of RAM at an address that is not zero, handed out piece by piece. */
final class DriverMemory {
    static final long BASE = 0x4000_0000L;
    static final int BYTES = 1 << 20;

    private final AddressSpace bus = new AddressSpace(GuestErrors.IGNORE);
    private long next = BASE;

    DriverMemory() {
        bus.addRam(new PhysicalMemory("ram", BASE, MemorySegment.ofArray(new byte[BYTES])));
    }

    AddressSpace bus() {
        return bus;
    }

    long allocate(int bytes, int alignment) {
        long address = (next + alignment - 1) / alignment * alignment;
        next = address + bytes;
        if (next > BASE + BYTES) {
            throw new IllegalStateException("the test takes more than " + BYTES + " bytes");
        }
        return address;
    }

    long put(byte[] bytes) {
        long address = allocate(bytes.length, 1);
        bus.writeRam(address, bytes);
        return address;
    }

    byte[] get(long address, int length) {
        byte[] bytes = new byte[length];
        bus.readRam(address, bytes);
        return bytes;
    }

    int read16(long address) {
        return (int) bus.read(-1, address, 2);
    }

    int read32(long address) {
        return (int) bus.read(-1, address, 4);
    }

    void write16(long address, int value) {
        bus.write(-1, address, 2, value);
    }

    void write32(long address, int value) {
        bus.write(-1, address, 4, value);
    }

    void write64(long address, long value) {
        bus.write(-1, address, 8, value);
    }
}
