package org.shyperlab.benchmarks;

import org.shyperlab.emulator.device.virtio.VirtioMmio;
import org.shyperlab.emulator.memory.AddressSpace;

/** A driver's split ring that makes the same buffer available again and again, and the little of a driver that this needs. */
final class BenchRing {
    private static final int SIZE = 256;
    private static final int NEXT = 1;
    private static final int WRITE = 2;

    private static final int NOTIFY = 0x50;
    private static final int INTERRUPT_ACK = 0x64;
    private static final int STATUS = 0x70;

    /** A piece of the buffer. */
    record Piece(long address, int length, boolean writable) {}

    private final AddressSpace bus;
    private final VirtioMmio device;
    private final int number;
    private final long driverArea;
    private final long deviceArea;
    private int index;

    private BenchRing(AddressSpace bus, VirtioMmio device, int number, long base) {
        this.bus = bus;
        this.device = device;
        this.number = number;
        this.driverArea = base + 0x1000;
        this.deviceArea = base + 0x2000;
    }

    /** Negotiates the plain protocol, without event indices, so that every buffer is notified of and every used one interrupts. */
    static void negotiate(VirtioMmio device) {
        device.write(0, STATUS, 4, 1);
        device.write(0, STATUS, 4, 3);
        device.write(0, 0x24, 4, 1);
        device.write(0, 0x20, 4, 1);
        device.write(0, STATUS, 4, 11);
    }

    /** The driver is ready. */
    static void ready(VirtioMmio device) {
        device.write(0, STATUS, 4, 15);
    }

    /** Sets up ring {@code number} in three pages of RAM at {@code base}, with one buffer of these pieces. */
    static BenchRing setUp(AddressSpace bus, VirtioMmio device, int number, long base, Piece... pieces) {
        BenchRing ring = new BenchRing(bus, device, number, base);
        device.write(0, 0x30, 4, number);
        device.write(0, 0x38, 4, SIZE);
        device.write(0, 0x80, 4, base);
        device.write(0, 0x90, 4, ring.driverArea);
        device.write(0, 0xa0, 4, ring.deviceArea);
        device.write(0, 0x44, 4, 1);
        for (int i = 0; i < pieces.length; i++) {
            int flags = (i + 1 < pieces.length ? NEXT : 0) | (pieces[i].writable() ? WRITE : 0);
            bus.write(0, base + 16L * i, 8, pieces[i].address());
            bus.write(0, base + 16L * i + 8, 4, pieces[i].length());
            bus.write(0, base + 16L * i + 12, 4, flags | (long) (i + 1) << 16);
        }
        return ring;
    }

    /** Makes the buffer available and notifies the device. */
    void submit() {
        bus.write(0, driverArea + 4 + 2L * (index & SIZE - 1), 2, 0);
        index = index + 1 & 0xffff;
        bus.write(0, driverArea + 2, 2, index);
        device.write(0, NOTIFY, 4, number);
    }

    /** Acknowledges the interrupt; the bytes written into the last used buffer. */
    int finish() {
        device.write(0, INTERRUPT_ACK, 4, 1);
        if (bus.read(0, deviceArea + 2, 2) != index) {
            throw new IllegalStateException("the device did not use the buffer");
        }
        return (int) bus.read(0, deviceArea + 4 + 8L * (index - 1 & SIZE - 1) + 4, 4);
    }
}
