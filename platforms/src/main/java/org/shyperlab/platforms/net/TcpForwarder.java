package org.shyperlab.platforms.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.time.VirtualClock;

/** The TCP connections that guests have opened to ports of the host's loopback address. */
final class TcpForwarder {
    /** Connections at a time; further ones are refused. */
    static final int MOST_CONNECTIONS = 64;

    /** Initial sequence numbers lie so far apart; that nobody can guess them is of no use on a cable with one guest. */
    private static final int SEQUENCE_STEP = 0x0012_3457;

    private final GuestLink link;
    private final HostSockets sockets;
    private final VirtualClock clock;
    private final List<TcpConnection> connections = new ArrayList<>();
    private final TcpSegment segment = new TcpSegment();
    private int nextSequence = SEQUENCE_STEP;

    TcpForwarder(GuestLink link, HostSockets sockets, VirtualClock clock) {
        this.link = link;
        this.sockets = sockets;
        this.clock = clock;
    }

    /** Whether there are connections. */
    boolean isActive() {
        return !connections.isEmpty();
    }

    /** A packet to the gateway with protocol TCP; false when it holds no correct segment. */
    boolean accept(Ipv4Packet packet) {
        if (!segment.parse(packet)) {
            return false;
        }
        long now = clock.cycles();
        for (int i = 0; i < connections.size(); i++) {
            TcpConnection connection = connections.get(i);
            if (connection.peer().matches(packet, segment)) {
                connection.accept(packet.bytes(), segment, now);
                poll(connection, now);
                return true;
            }
        }
        TcpPeer peer = TcpPeer.of(packet, segment);
        if (segment.has(TcpSegment.SYN) && !segment.has(TcpSegment.ACK | TcpSegment.RST)) {
            open(peer, now);
        } else if (!segment.has(TcpSegment.RST)) {
            refuse(peer);
        }
        return true;
    }

    private void open(TcpPeer peer, long now) {
        if (connections.size() == MOST_CONNECTIONS) {
            refuse(peer);
            return;
        }
        try {
            TcpConnection connection = new TcpConnection(link, sockets, peer, segment, nextSequence, clock.hertz());
            nextSequence += SEQUENCE_STEP;
            connections.add(connection);
            poll(connection, now);
        } catch (IOException error) {
            // Nobody listens there, or the host has no socket.
            refuse(peer);
        }
    }

    /** Answers a segment of no connection (RFC 9293, 3.10.7.1). */
    private void refuse(TcpPeer peer) {
        if (segment.has(TcpSegment.ACK)) {
            TcpSegment.send(link, peer, segment.acknowledgement(), 0, TcpSegment.RST, 0, 0);
        } else {
            int acknowledged = segment.sequence() + segment.span();
            TcpSegment.send(link, peer, 0, acknowledged, TcpSegment.RST | TcpSegment.ACK, 0, 0);
        }
    }

    /** Moves what can move. */
    void poll() {
        long now = clock.cycles();
        for (int i = connections.size() - 1; i >= 0; i--) {
            poll(connections.get(i), now);
        }
    }

    private void poll(TcpConnection connection, long now) {
        connection.poll(now);
        if (connection.isClosed()) {
            connections.remove(connection);
        }
    }

    /** Resets all connections. */
    void close() {
        for (TcpConnection connection : connections) {
            connection.reset();
        }
        connections.clear();
    }
}
