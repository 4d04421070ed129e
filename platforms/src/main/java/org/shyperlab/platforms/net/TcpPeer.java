package org.shyperlab.platforms.net;

/**
 * Both ends of a TCP connection as the guest sees it.
 *
 * @param station the guest's Ethernet address
 * @param guest its IPv4 address
 * @param guestPort its port
 * @param hostPort the gateway's port, which is the host's
 */
record TcpPeer(long station, int guest, int guestPort, int hostPort) {
    /** The ends that a segment's sender sees. */
    static TcpPeer of(Ipv4Packet packet, TcpSegment segment) {
        return new TcpPeer(packet.station(), packet.source(), segment.sourcePort(), segment.destinationPort());
    }

    /** Whether the segment belongs to this connection. */
    boolean matches(Ipv4Packet packet, TcpSegment segment) {
        return guest == packet.source() && guestPort == segment.sourcePort() && hostPort == segment.destinationPort();
    }
}
