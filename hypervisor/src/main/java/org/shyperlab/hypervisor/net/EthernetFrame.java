package org.shyperlab.hypervisor.net;

/** Where the fields of an Ethernet frame without FCS are (IEEE 802.3, 3.1.1), and big-endian access to bytes. */
public final class EthernetFrame {
    /** Bytes before the payload of a frame without VLAN tag. */
    public static final int HEADER = 14;

    /** Longest frame without VLAN tag: the header and 1500 bytes. */
    public static final int LONGEST = 1514;

    /** Longest frame of all: one with a VLAN tag. */
    public static final int LONGEST_TAGGED = LONGEST + 4;

    /** EtherType of IPv4. */
    public static final int IPV4 = 0x0800;

    /** EtherType of ARP. */
    public static final int ARP = 0x0806;

    /** EtherType of IPv6. */
    public static final int IPV6 = 0x86dd;

    private static final int VLAN = 0x8100;
    private static final int SOURCE = 6;
    private static final int TYPE = 12;

    private EthernetFrame() {}

    /** The destination's address, as {@link MacAddress#bits()}. */
    public static long destination(byte[] frame, int offset) {
        return address(frame, offset);
    }

    /** The source's address, as {@link MacAddress#bits()}. */
    public static long source(byte[] frame, int offset) {
        return address(frame, offset + SOURCE);
    }

    /** The EtherType, or a length below 0x600. */
    public static int type(byte[] frame, int offset) {
        return half(frame, offset + TYPE);
    }

    /** Whether a frame may be so long: a header at least, at most 1514 bytes, 1518 with a VLAN tag. */
    public static boolean hasAllowedLength(byte[] frame, int offset, int length) {
        return length >= HEADER && (length <= LONGEST || length <= LONGEST_TAGGED && type(frame, offset) == VLAN);
    }

    /** The address at {@code at}, as {@link MacAddress#bits()}. */
    public static long address(byte[] bytes, int at) {
        return (long) half(bytes, at) << 32 | word(bytes, at + 2) & 0xffff_ffffL;
    }

    /** Two bytes at {@code at}, unsigned. */
    public static int half(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    /** Four bytes at {@code at}. */
    public static int word(byte[] bytes, int at) {
        return half(bytes, at) << 16 | half(bytes, at + 2);
    }

    /** Puts a frame's header at {@code offset}. */
    public static void putHeader(byte[] frame, int offset, long destination, long source, int type) {
        putAddress(frame, offset, destination);
        putAddress(frame, offset + SOURCE, source);
        putHalf(frame, offset + TYPE, type);
    }

    /** Puts an address, given as {@link MacAddress#bits()}. */
    public static void putAddress(byte[] bytes, int at, long address) {
        putHalf(bytes, at, (int) (address >>> 32));
        putWord(bytes, at + 2, (int) address);
    }

    /** Puts the low two bytes of {@code value}. */
    public static void putHalf(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    /** Puts four bytes. */
    public static void putWord(byte[] bytes, int at, int value) {
        putHalf(bytes, at, value >>> 16);
        putHalf(bytes, at + 2, value);
    }
}
