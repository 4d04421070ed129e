package org.shyperlab.emulator.device.virtio;

/**
 * Which frames a network device passes to its driver, by their destination (Virtio 5.1.6.5.1, 5.1.6.5.2): its own address, broadcasts, and
 * what the driver asked for. Until the driver says anything, all.
 */
final class FrameFilter {
    /** Addresses in each table; a driver that wants more gets all frames. */
    static final int TABLE_SIZE = 64;

    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final long GROUP_BIT = 1L << 40;

    private final long[] unicast = new long[TABLE_SIZE];
    private final long[] multicast = new long[TABLE_SIZE];
    private final long permanent;
    private int unicasts;
    private int multicasts;
    private long own;
    /** The driver wanted more addresses than the tables hold. */
    private boolean overflowed;

    private boolean promiscuous;
    private boolean allMulticast;

    /** For a device with this address. */
    FrameFilter(long address) {
        permanent = address;
        reset();
    }

    void reset() {
        own = permanent;
        clearTables();
        promiscuous = true;
        allMulticast = false;
    }

    long own() {
        return own;
    }

    void own(long address) {
        own = address;
    }

    void promiscuous(boolean on) {
        promiscuous = on;
    }

    void allMulticast(boolean on) {
        allMulticast = on;
    }

    /** Empties the tables, to be filled with {@link #add}. */
    void clearTables() {
        unicasts = 0;
        multicasts = 0;
        overflowed = false;
    }

    /** There are more addresses than the tables hold: all frames pass until they are set anew (5.1.6.5.2). */
    void overflow() {
        overflowed = true;
    }

    /** One more address to pass. */
    void add(long address) {
        boolean group = (address & GROUP_BIT) != 0;
        if ((group ? multicasts : unicasts) == TABLE_SIZE) {
            overflow();
        } else if (group) {
            multicast[multicasts++] = address;
        } else {
            unicast[unicasts++] = address;
        }
    }

    /** Whether the frame that begins at {@code offset} is for the driver. */
    boolean passes(byte[] frame, int offset) {
        if (promiscuous || overflowed) {
            return true;
        }
        long destination = address(frame, offset);
        if ((destination & GROUP_BIT) != 0) {
            return destination == BROADCAST || allMulticast || contains(multicast, multicasts, destination);
        }
        return destination == own || contains(unicast, unicasts, destination);
    }

    private static boolean contains(long[] table, int count, long address) {
        for (int i = 0; i < count; i++) {
            if (table[i] == address) {
                return true;
            }
        }
        return false;
    }

    /** The six bytes of an address as a number, first byte highest. */
    static long address(byte[] bytes, int offset) {
        long address = 0;
        for (int i = 0; i < 6; i++) {
            address = address << 8 | bytes[offset + i] & 0xff;
        }
        return address;
    }
}
