package org.shyperlab.emulator.device.virtio;

import org.jspecify.annotations.Nullable;

/** The driver's side of a split ring. */
final class DriverRing {
    static final int NEXT = 1;
    static final int WRITE = 2;
    static final int INDIRECT = 4;

    /** A piece of a buffer. */
    record Piece(long address, int length, boolean writable) {
        static Piece read(long address, int length) {
            return new Piece(address, length, false);
        }

        static Piece write(long address, int length) {
            return new Piece(address, length, true);
        }
    }

    /** What came back. */
    record Used(int head, int written) {}

    final int size;
    final long descriptors;
    final long driverArea;
    final long deviceArea;
    private final ReferenceDriver driver;
    private final DriverMemory memory;
    private final int number;
    private final boolean eventIndex;
    private int nextDescriptor;
    private int added;
    private int told;
    private int seen;

    DriverRing(ReferenceDriver driver, int number, int size, long features) {
        this.driver = driver;
        this.memory = driver.memory;
        this.number = number;
        this.size = size;
        this.eventIndex = (features & ReferenceDriver.EVENT_INDEX) != 0;
        descriptors = memory.allocate(16 * size, 16);
        driverArea = memory.allocate(6 + 2 * size, 2);
        deviceArea = memory.allocate(6 + 8 * size, 4);
        driver.enable(number, size, descriptors, driverArea, deviceArea);
    }

    /** Writes one descriptor of a table. */
    void describe(long table, int index, long address, int length, int flags, int next) {
        long at = table + 16L * index;
        memory.write64(at, address);
        memory.write32(at + 8, length);
        memory.write16(at + 12, flags);
        memory.write16(at + 14, next);
    }

    /** Makes a buffer available, its descriptors in the ring's own table; the head. Descriptors are used in turn and never checked. */
    int add(Piece... pieces) {
        int head = nextDescriptor;
        for (int i = 0; i < pieces.length; i++) {
            int index = nextDescriptor;
            nextDescriptor = (nextDescriptor + 1) % size;
            int flags = (i + 1 < pieces.length ? NEXT : 0) | (pieces[i].writable() ? WRITE : 0);
            describe(descriptors, index, pieces[i].address(), pieces[i].length(), flags, nextDescriptor);
        }
        offer(head);
        return head;
    }

    /** Makes a buffer available, its descriptors in a table of their own. */
    int addIndirect(Piece... pieces) {
        long table = memory.allocate(16 * pieces.length, 16);
        for (int i = 0; i < pieces.length; i++) {
            int flags = (i + 1 < pieces.length ? NEXT : 0) | (pieces[i].writable() ? WRITE : 0);
            describe(table, i, pieces[i].address(), pieces[i].length(), flags, i + 1);
        }
        int head = nextDescriptor;
        nextDescriptor = (nextDescriptor + 1) % size;
        describe(descriptors, head, table, 16 * pieces.length, INDIRECT, 0);
        offer(head);
        return head;
    }

    /** Puts a head into the ring, whatever it is. */
    void offer(int head) {
        memory.write16(driverArea + 4 + 2L * (added % size), head);
        added = added + 1 & 0xffff;
        memory.write16(driverArea + 2, added);
    }

    /** Notifies the device if it wants to hear of what was added since the last time; whether it did. */
    boolean kick() {
        boolean wanted = eventIndex
                ? (added - memory.read16(deviceArea + 4 + 8L * size) - 1 & 0xffff) < (added - told & 0xffff)
                : (memory.read16(deviceArea) & 1) == 0;
        told = added;
        if (wanted) {
            driver.write(ReferenceDriver.NOTIFY, number);
        }
        return wanted;
    }

    /** The next used buffer, or null. */
    @Nullable
    Used poll() {
        if (memory.read16(deviceArea + 2) == seen) {
            return null;
        }
        long at = deviceArea + 4 + 8L * (seen % size);
        seen = seen + 1 & 0xffff;
        return new Used(memory.read32(at), memory.read32(at + 4));
    }

    /** Wants an interrupt when the buffer with that index, counted from the first, is used; with event indices. */
    void wakeAt(int index) {
        memory.write16(driverArea + 4 + 2L * size, index);
    }

    /** Wants interrupts, or none; without event indices. */
    void interrupts(boolean on) {
        memory.write16(driverArea, on ? 0 : 1);
    }
}
