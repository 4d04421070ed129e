package org.shyperlab.emulator.device.virtio;

import java.util.Locale;
import org.shyperlab.emulator.memory.DmaMemory;

/**
 * A split virtqueue, the device's side (Virtio 2.7): takes the buffers that the driver makes available, gives them back used, and
 * tells the driver when it wants to be told. A driver that breaks a rule of the ring breaks the device: the rule is reported once,
 * and nothing is touched until the driver resets it.
 */
final class Virtqueue {
    /** The most descriptors that a ring has, and a chain. */
    static final int MAX_SIZE = 256;

    private static final DmaMemory NO_MEMORY = new DmaMemory() {
        @Override
        public boolean read(long address, byte[] target, int offset, int length) {
            return false;
        }

        @Override
        public boolean write(long address, byte[] source, int offset, int length) {
            return false;
        }
    };

    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;
    private static final int DESCRIPTOR_BYTES = 16;
    private static final int NO_INTERRUPT = 1;
    private static final int INDEX_MASK = 0xffff;
    /** No index: the driver was not told yet at which one to notify, and what its memory says meanwhile means nothing. */
    private static final int NOWHERE = -1;
    /** A chain has so many bytes at most (2.7.5.2). */
    private static final long MOST_BYTES = 1L << 32;

    /** Who owns the ring: its transport. */
    interface Owner {
        /** Nobody: the ring is behind no transport yet. */
        Owner NONE = new Owner() {
            @Override
            public void used() {}

            @Override
            public void broken(int ring, String rule) {}
        };

        /** The driver is to be told that buffers were used. */
        void used();

        /** The driver broke a rule. */
        void broken(int ring, String rule);
    }

    private final int number;
    private DmaMemory memory = NO_MEMORY;
    private Owner owner = Owner.NONE;
    private final byte[] scratch = new byte[DESCRIPTOR_BYTES];
    private int size;
    private long descriptors;
    private long driverArea;
    private long deviceArea;
    private boolean ready;
    private boolean stopped;
    private boolean indirect;
    private boolean eventIndex;
    private int epoch;
    /** Indices of the rings, which run modulo 2^16. */
    private int nextAvailable;

    private int available;
    private int nextUsed;
    private int signalled;
    private int wakeAt = NOWHERE;

    /** Ring {@code number} of a device. */
    Virtqueue(int number) {
        this.number = number;
    }

    /** Whose ring it is, and where its buffers are. */
    void connect(DmaMemory newMemory, Owner newOwner) {
        memory = newMemory;
        owner = newOwner;
    }

    // ---- what the transport sets up ----

    void size(int value) {
        size = value;
    }

    void descriptors(long address) {
        descriptors = address;
    }

    void driverArea(long address) {
        driverArea = address;
    }

    void deviceArea(long address) {
        deviceArea = address;
    }

    long descriptors() {
        return descriptors;
    }

    long driverArea() {
        return driverArea;
    }

    long deviceArea() {
        return deviceArea;
    }

    /** The ring is ready for use from now on, or breaks because it is not set up well. */
    void enable(long features) {
        if (size <= 0 || size > MAX_SIZE || Integer.bitCount(size) != 1) {
            fail("its size %d is not a power of two up to %d (Virtio 2.7, 4.2.2.2)", size, MAX_SIZE);
        } else if ((descriptors & 15) != 0 || (driverArea & 1) != 0 || (deviceArea & 3) != 0) {
            fail(
                    "descriptors at 0x%x, driver area at 0x%x, device area at 0x%x are not multiples of 16, 2 and 4 (Virtio 2.7)",
                    descriptors, driverArea, deviceArea);
        } else {
            clear();
            ready = true;
            indirect = (features & Features.RING_INDIRECT_DESC) != 0;
            eventIndex = (features & Features.RING_EVENT_IDX) != 0;
        }
    }

    /** The driver takes the ring back; all its buffers are stale. */
    void disable() {
        ready = false;
        clear();
    }

    private void clear() {
        epoch++;
        nextAvailable = 0;
        available = 0;
        nextUsed = 0;
        signalled = 0;
        wakeAt = NOWHERE;
    }

    /** As after power-on. */
    void reset() {
        disable();
        stopped = false;
        size = 0;
        descriptors = 0;
        driverArea = 0;
        deviceArea = 0;
    }

    /** Nothing more happens until {@link #reset}. */
    void stop() {
        stopped = true;
        epoch++;
    }

    int epoch() {
        return epoch;
    }

    /** Whether the driver has set it up. */
    boolean isReady() {
        return ready;
    }

    // ---- what the device does ----

    /**
     * Takes the next buffer that the driver made available. When there is none, the driver is going to notify of the next.
     *
     * @return false when there is none, or the ring is not ready or broken
     */
    boolean take(DescriptorChain chain) {
        if (!ready || stopped || nextAvailable == available && !look()) {
            return false;
        }
        if (!memory.read(driverArea + 4 + 2L * (nextAvailable & size - 1), scratch, 0, 2)) {
            return failArea("driver area", driverArea);
        }
        int head = LittleEndian.u16(scratch, 0);
        nextAvailable = nextAvailable + 1 & INDEX_MASK;
        return walk(chain, head);
    }

    /** Looks whether the driver made more buffers available. */
    private boolean look() {
        if (!memory.read(driverArea + 2, scratch, 0, 2)) {
            return failArea("driver area", driverArea);
        }
        available = LittleEndian.u16(scratch, 0);
        int more = available - nextAvailable & INDEX_MASK;
        if (more > size) {
            fail(
                    "its driver index %d is %d ahead of the device's %d, more than the ring's size %d (Virtio 2.7.13.3)",
                    available, more, nextAvailable, size);
            return false;
        }
        return more > 0 || sleep();
    }

    /** The next buffer shall wake the device (Virtio 2.7.10): with event indices it says so, otherwise every buffer does. */
    private boolean sleep() {
        if (eventIndex && wakeAt != nextAvailable) {
            LittleEndian.put16(scratch, 0, nextAvailable);
            if (!memory.write(deviceArea + 4 + 8L * size, scratch, 0, 2)) {
                return failArea("device area", deviceArea);
            }
            wakeAt = nextAvailable;
        }
        return false;
    }

    private boolean walk(DescriptorChain chain, int head) {
        chain.begin(epoch, head);
        long table = descriptors;
        int entries = size;
        boolean inTable = false;
        int index = head;
        while (true) {
            if (index >= entries) {
                return fail("descriptor %d is beyond the table of %d (Virtio 2.7.5)", index, entries);
            }
            if (!memory.read(table + (long) index * DESCRIPTOR_BYTES, scratch, 0, DESCRIPTOR_BYTES)) {
                return fail("descriptor %d, in the table at 0x%x, is not in RAM (Virtio 2.7.5)", index, table);
            }
            long address = LittleEndian.i64(scratch, 0);
            int length = LittleEndian.i32(scratch, 8);
            int flags = LittleEndian.u16(scratch, 12);
            int next = LittleEndian.u16(scratch, 14);
            if ((flags & INDIRECT) != 0) {
                if (!mayBeIndirect(index, flags, length, inTable)) {
                    return false;
                }
                table = address;
                entries = Integer.divideUnsigned(length, DESCRIPTOR_BYTES);
                inTable = true;
                index = 0;
                continue;
            }
            boolean writable = (flags & WRITE) != 0;
            if (!writable && chain.hasWritable()) {
                return fail("descriptor %d is for reading and follows one for writing (Virtio 2.7.4.2)", index);
            }
            if (chain.pieces() == size) {
                return fail(
                        "the chain from descriptor %d is longer than the ring's %d, or a loop (Virtio 2.7.5.3.1)",
                        head, size);
            }
            chain.add(address, length, writable);
            if (chain.readableBytes() + chain.writableBytes() > MOST_BYTES) {
                return fail("the chain from descriptor %d has more than 2^32 bytes (Virtio 2.7.5.2)", head);
            }
            if ((flags & NEXT) == 0) {
                return true;
            }
            index = next;
        }
    }

    private boolean mayBeIndirect(int index, int flags, int length, boolean inTable) {
        if (!indirect) {
            return fail("descriptor %d is indirect, which was not negotiated (Virtio 2.7.5.3.1)", index);
        }
        if (inTable) {
            return fail("descriptor %d of an indirect table is indirect itself (Virtio 2.7.5.3.1)", index);
        }
        if ((flags & NEXT) != 0) {
            return fail("descriptor %d is indirect and has a next one (Virtio 2.7.5.3.1)", index);
        }
        if (length == 0 || length % DESCRIPTOR_BYTES != 0) {
            return fail(
                    "descriptor %d: an indirect table of %d bytes is not whole descriptors (Virtio 2.7.5.3.2)",
                    index, Integer.toUnsignedLong(length));
        }
        return true;
    }

    /**
     * Gives a buffer back to the driver; {@link #signal} then tells it. A stale one is nobody's any more.
     *
     * @param written how many bytes were written, counted from the first writable one; an underestimate is allowed (Virtio 2.7.8.2)
     */
    void complete(DescriptorChain chain, int written) {
        if (!ready || stopped || chain.isStale()) {
            return;
        }
        LittleEndian.put32(scratch, 0, chain.head());
        LittleEndian.put32(scratch, 4, written);
        boolean stored = memory.write(deviceArea + 4 + 8L * (nextUsed & size - 1), scratch, 0, 8);
        nextUsed = nextUsed + 1 & INDEX_MASK;
        LittleEndian.put16(scratch, 0, nextUsed);
        if (!stored || !memory.write(deviceArea + 2, scratch, 0, 2)) {
            failArea("device area", deviceArea);
        }
    }

    /** Interrupts the driver when buffers were given back since the last time and it wants to hear of them (Virtio 2.7.7). */
    void signal() {
        if (!ready || stopped || signalled == nextUsed) {
            return;
        }
        long wish = eventIndex ? driverArea + 4 + 2L * size : driverArea;
        if (!memory.read(wish, scratch, 0, 2)) {
            failArea("driver area", driverArea);
            return;
        }
        int value = LittleEndian.u16(scratch, 0);
        boolean wanted = eventIndex
                ? (nextUsed - value - 1 & INDEX_MASK) < (nextUsed - signalled & INDEX_MASK)
                : (value & NO_INTERRUPT) == 0;
        signalled = nextUsed;
        if (wanted) {
            owner.used();
        }
    }

    boolean transfer(long address, byte[] bytes, int offset, int length, boolean write) {
        return write ? memory.write(address, bytes, offset, length) : memory.read(address, bytes, offset, length);
    }

    private boolean failArea(String area, long address) {
        return fail("its %s at 0x%x is not in RAM (Virtio 2.7)", area, address);
    }

    /**
     * The driver broke a rule, of rings or of the device: the device is broken until the driver resets it.
     *
     * @param format which rule, as for {@link String#format}
     * @return false, always
     */
    boolean fail(String format, Object... arguments) {
        owner.broken(number, String.format(Locale.ROOT, format, arguments));
        return false;
    }
}
