package org.shyperlab.emulator.device.uart;

/** A port's receive FIFO: up to 16 characters of 8 data bits and the port's error bits above, or one when the FIFOs are disabled. */
final class ReceiveFifo {
    private static final int DEPTH = 16;

    private final short[] entries = new short[DEPTH];
    private int first;
    private int count;

    void clear() {
        first = 0;
        count = 0;
    }

    int count() {
        return count;
    }

    /** Whether nothing more fits, with the FIFOs enabled or as a single holding register. */
    boolean isFull(boolean fifosEnabled) {
        return count >= (fifosEnabled ? DEPTH : 1);
    }

    void add(int entry) {
        entries[(first + count) % DEPTH] = (short) entry;
        count++;
    }

    /** The oldest entry, which stays; the caller checks that there is one. */
    int first() {
        return entries[first];
    }

    /** Takes the oldest entry out; the caller checks that there is one. */
    int take() {
        int entry = entries[first];
        first = (first + 1) % DEPTH;
        count--;
        return entry;
    }
}
