package org.shyperlab.hypervisor.net;

/**
 * An Ethernet address. Hot paths carry its {@link #bits} alone.
 *
 * @param bits the six bytes, the first one transmitted in bits 47 to 40
 */
public record MacAddress(long bits) {
    /** Bytes of an address. */
    public static final int LENGTH = 6;

    /** All stations: ff:ff:ff:ff:ff:ff. */
    public static final long BROADCAST = 0xffff_ffff_ffffL;

    /** The low bit of the first byte: a group of stations (IEEE 802, 8.2). */
    private static final long GROUP = 1L << 40;

    /** Checks that nothing is set beyond 48 bits. */
    public MacAddress {
        if ((bits & ~BROADCAST) != 0) {
            throw new IllegalArgumentException("an Ethernet address has 48 bits, not 0x%x".formatted(bits));
        }
    }

    /** The address whose bytes are these six, in the order of transmission, each 0 to 255. */
    public static MacAddress of(int... bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("an Ethernet address has 6 bytes, not " + bytes.length);
        }
        long bits = 0;
        for (int value : bytes) {
            if ((value & ~0xff) != 0) {
                throw new IllegalArgumentException("a byte of an Ethernet address is 0 to 255, not " + value);
            }
            bits = bits << 8 | value;
        }
        return new MacAddress(bits);
    }

    /** The six bytes in the order of transmission. */
    public byte[] bytes() {
        byte[] bytes = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            bytes[i] = (byte) (bits >> 8 * (LENGTH - 1 - i));
        }
        return bytes;
    }

    /** Whether {@code bits} names a group of stations, the broadcast address among them. */
    public static boolean isGroup(long bits) {
        return (bits & GROUP) != 0;
    }

    /** Whether one station can have this address: no group, and not all zero. */
    public static boolean isStation(long bits) {
        return bits != 0 && !isGroup(bits);
    }

    /** Six hex bytes with colons. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("%012x".formatted(bits));
        for (int at = 10; at > 0; at -= 2) {
            text.insert(at, ':');
        }
        return text.toString();
    }
}
