package org.shyperlab.platforms.net;

import org.shyperlab.hypervisor.net.EthernetFrame;

/** Answers pings of the gateway (RFC 792, echo). */
final class EchoResponder {
    private static final int HEADER = 8;
    private static final int REQUEST = 8;
    private static final int REPLY = 0;
    private static final int CHECKSUM = 2;

    private final GuestLink link;

    EchoResponder(GuestLink link) {
        this.link = link;
    }

    /** A packet of ICMP to the gateway; false when it is no correct echo request. */
    boolean accept(Ipv4Packet packet) {
        int length = packet.payloadLength();
        int in = packet.payload();
        if (length < HEADER
                || length > GuestLink.LONGEST_PAYLOAD
                || EthernetFrame.half(packet.bytes(), in) != REQUEST << 8
                || InternetChecksum.of(packet.bytes(), in, length) != 0) {
            return false;
        }
        byte[] reply = link.frame();
        int out = GuestLink.PAYLOAD;
        System.arraycopy(packet.bytes(), in, reply, out, length);
        EthernetFrame.putHalf(reply, out, REPLY << 8);
        EthernetFrame.putHalf(reply, out + CHECKSUM, 0);
        EthernetFrame.putHalf(reply, out + CHECKSUM, InternetChecksum.of(reply, out, length));
        link.sendIpv4(packet.station(), packet.source(), Ipv4Packet.ICMP, length);
        return true;
    }
}
