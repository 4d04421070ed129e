package org.shyperlab.platforms.net;

import org.shyperlab.hypervisor.net.EthernetFrame;

/** Where the parts of an IPv4 packet are in a frame (RFC 791, 3.1). One object is filled again and again. */
final class Ipv4Packet {
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int HEADER = 20;

    private static final int VERSION_4 = 4;
    /** More fragments, and the offset of this one. */
    private static final int FRAGMENT = 0x3fff;

    private byte[] bytes = {};
    private long station;
    private int source;
    private int destination;
    private int protocol;
    private int payload;
    private int payloadLength;

    /** Looks at a frame with EtherType IPv4; false when it holds no whole packet with a correct header, or a fragment. */
    boolean parse(byte[] frame, int offset, int length) {
        int start = offset + EthernetFrame.HEADER;
        int there = length - EthernetFrame.HEADER;
        if (there < HEADER || frame[start] >>> 4 != VERSION_4) {
            return false;
        }
        int header = (frame[start] & 0xf) * 4;
        int total = EthernetFrame.half(frame, start + 2);
        if (header < HEADER
                || total < header
                || total > there
                || (EthernetFrame.half(frame, start + 6) & FRAGMENT) != 0
                || InternetChecksum.of(frame, start, header) != 0) {
            return false;
        }
        bytes = frame;
        station = EthernetFrame.source(frame, offset);
        protocol = frame[start + 9] & 0xff;
        source = EthernetFrame.word(frame, start + 12);
        destination = EthernetFrame.word(frame, start + 16);
        payload = start + header;
        payloadLength = total - header;
        return true;
    }

    /** The array that the packet is in. */
    byte[] bytes() {
        return bytes;
    }

    /** The Ethernet address that it came from. */
    long station() {
        return station;
    }

    int source() {
        return source;
    }

    int destination() {
        return destination;
    }

    int protocol() {
        return protocol;
    }

    /** Where the payload begins in {@link #bytes}. */
    int payload() {
        return payload;
    }

    int payloadLength() {
        return payloadLength;
    }

    /** Whether the payload, a UDP datagram or TCP segment, is as it was sent. */
    boolean hasCorrectTransportChecksum() {
        return InternetChecksum.of(bytes, payload, payloadLength, protocol, source, destination) == 0;
    }
}
