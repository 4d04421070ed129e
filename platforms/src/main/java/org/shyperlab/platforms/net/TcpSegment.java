package org.shyperlab.platforms.net;

import org.shyperlab.hypervisor.net.EthernetFrame;

/** Where the parts of a TCP segment are (RFC 9293, 3.1). One object is filled again and again. */
final class TcpSegment {
    static final int HEADER = 20;

    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;

    /** Largest data of a segment to a host that did not say (RFC 9293, 3.7.1). */
    static final int DEFAULT_LARGEST = 536;

    private static final int CHECKSUM = 16;
    private static final int OPTION_END = 0;
    private static final int OPTION_NOTHING = 1;
    private static final int OPTION_LARGEST = 2;

    private int sourcePort;
    private int destinationPort;
    private int sequence;
    private int acknowledgement;
    private int flags;
    private int window;
    private int largest;
    private int data;
    private int dataLength;

    /** Looks at the payload of a packet with protocol TCP; false when it holds no segment as it was sent. */
    boolean parse(Ipv4Packet packet) {
        byte[] bytes = packet.bytes();
        int start = packet.payload();
        int length = packet.payloadLength();
        if (length < HEADER) {
            return false;
        }
        int header = (bytes[start + 12] >>> 4 & 0xf) * 4;
        if (header < HEADER || header > length || !packet.hasCorrectTransportChecksum()) {
            return false;
        }
        sourcePort = EthernetFrame.half(bytes, start);
        destinationPort = EthernetFrame.half(bytes, start + 2);
        sequence = EthernetFrame.word(bytes, start + 4);
        acknowledgement = EthernetFrame.word(bytes, start + 8);
        flags = bytes[start + 13] & 0x3f;
        window = EthernetFrame.half(bytes, start + 14);
        largest = largest(bytes, start + HEADER, start + header);
        data = start + header;
        dataLength = length - header;
        return true;
    }

    /** The option "maximum segment size"; options that are cut off end the search. */
    private static int largest(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != OPTION_END) {
            if (bytes[at] == OPTION_NOTHING) {
                at++;
                continue;
            }
            int length = at + 1 < end ? bytes[at + 1] & 0xff : 0;
            if (length < 2 || at + length > end) {
                break;
            }
            if (bytes[at] == OPTION_LARGEST && length == 4) {
                return EthernetFrame.half(bytes, at + 2);
            }
            at += length;
        }
        return DEFAULT_LARGEST;
    }

    int sourcePort() {
        return sourcePort;
    }

    int destinationPort() {
        return destinationPort;
    }

    int sequence() {
        return sequence;
    }

    int acknowledgement() {
        return acknowledgement;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    int window() {
        return window;
    }

    /** Largest data of a segment that the sender takes. */
    int largest() {
        return largest;
    }

    /** Where the data begin in the packet's bytes. */
    int data() {
        return data;
    }

    int dataLength() {
        return dataLength;
    }

    /** Sequence numbers that it takes: its data, SYN and FIN. */
    int span() {
        return dataLength + (has(SYN) ? 1 : 0) + (has(FIN) ? 1 : 0);
    }

    /**
     * Sends a segment of the gateway's; data, if any, are at {@link GuestLink#PAYLOAD} + {@link #HEADER} already.
     *
     * @param peer whom to
     */
    static void send(
            GuestLink link, TcpPeer peer, int sequence, int acknowledgement, int flags, int window, int dataLength) {
        byte[] frame = link.frame();
        int start = GuestLink.PAYLOAD;
        int header = HEADER;
        if ((flags & SYN) != 0) {
            frame[start + HEADER] = OPTION_LARGEST;
            frame[start + HEADER + 1] = 4;
            EthernetFrame.putHalf(frame, start + HEADER + 2, GuestLink.LONGEST_PAYLOAD - HEADER);
            header += 4;
        }
        EthernetFrame.putHalf(frame, start, peer.hostPort());
        EthernetFrame.putHalf(frame, start + 2, peer.guestPort());
        EthernetFrame.putWord(frame, start + 4, sequence);
        EthernetFrame.putWord(frame, start + 8, acknowledgement);
        EthernetFrame.putHalf(frame, start + 12, header / 4 << 12 | flags);
        EthernetFrame.putHalf(frame, start + 14, window);
        EthernetFrame.putWord(frame, start + CHECKSUM, 0); // and no urgent data
        link.putTransportChecksum(start + CHECKSUM, peer.guest(), Ipv4Packet.TCP, header + dataLength);
        link.sendIpv4(peer.station(), peer.guest(), Ipv4Packet.TCP, header + dataLength);
    }
}
