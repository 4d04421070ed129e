package org.shyperlab.platforms.net;

import org.shyperlab.hypervisor.net.EthernetFrame;

/** Where the parts of a UDP datagram are (RFC 768). One object is filled again and again. */
final class UdpDatagram {
    static final int HEADER = 8;

    private static final int LENGTH = 4;
    private static final int CHECKSUM = 6;

    private int sourcePort;
    private int destinationPort;
    private int data;
    private int dataLength;

    /** Looks at the payload of a packet with protocol UDP; false when it holds no whole datagram as it was sent. */
    boolean parse(Ipv4Packet packet) {
        byte[] bytes = packet.bytes();
        int start = packet.payload();
        if (packet.payloadLength() < HEADER) {
            return false;
        }
        int length = EthernetFrame.half(bytes, start + LENGTH);
        boolean hasChecksum = EthernetFrame.half(bytes, start + CHECKSUM) != 0;
        if (length < HEADER
                || length != packet.payloadLength()
                || hasChecksum && !packet.hasCorrectTransportChecksum()) {
            return false;
        }
        sourcePort = EthernetFrame.half(bytes, start);
        destinationPort = EthernetFrame.half(bytes, start + 2);
        data = start + HEADER;
        dataLength = length - HEADER;
        return true;
    }

    int sourcePort() {
        return sourcePort;
    }

    int destinationPort() {
        return destinationPort;
    }

    /** Where the data begin in the packet's bytes. */
    int data() {
        return data;
    }

    int dataLength() {
        return dataLength;
    }

    /** Sends the data at {@link GuestLink#PAYLOAD} + {@link #HEADER} as a datagram of the gateway's. */
    static void send(
            GuestLink link, long station, int destination, int sourcePort, int destinationPort, int dataLength) {
        byte[] frame = link.frame();
        int start = GuestLink.PAYLOAD;
        int length = HEADER + dataLength;
        EthernetFrame.putHalf(frame, start, sourcePort);
        EthernetFrame.putHalf(frame, start + 2, destinationPort);
        EthernetFrame.putHalf(frame, start + LENGTH, length);
        EthernetFrame.putHalf(frame, start + CHECKSUM, 0);
        link.putTransportChecksum(start + CHECKSUM, destination, Ipv4Packet.UDP, length);
        link.sendIpv4(station, destination, Ipv4Packet.UDP, length);
    }
}
