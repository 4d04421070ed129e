package org.shyperlab.platforms.net;

import java.io.IOException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.time.VirtualClock;

/**
 * Passes UDP datagrams between guest ports and ports of the host's loopback address. A pair of ports that has been silent for a minute
 * of virtual time is forgotten, the one that was silent longest when there are too many.
 */
final class UdpForwarder {
    /** Pairs of ports at a time. */
    static final int MOST_FLOWS = 64;
    /** Longest data of one frame: longer datagrams would have to be fragmented. */
    static final int LONGEST_DATA = GuestLink.LONGEST_PAYLOAD - UdpDatagram.HEADER;

    private static final long IDLE_SECONDS = 60;

    /** One guest port and one host port. */
    private static final class Flow {
        private final long station;
        private final int guest;
        private final int guestPort;
        private final int hostPort;
        private final DatagramChannel channel;
        private long lastUse;

        Flow(long station, int guest, int guestPort, int hostPort, DatagramChannel channel) {
            this.station = station;
            this.guest = guest;
            this.guestPort = guestPort;
            this.hostPort = hostPort;
            this.channel = channel;
        }
    }

    private final GuestLink link;
    private final HostSockets sockets;
    private final VirtualClock clock;
    private final List<Flow> flows = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(LONGEST_DATA + 1);
    private long lost;

    UdpForwarder(GuestLink link, HostSockets sockets, VirtualClock clock) {
        this.link = link;
        this.sockets = sockets;
        this.clock = clock;
    }

    /** Whether an answer may come. */
    boolean isActive() {
        return !flows.isEmpty();
    }

    /** Datagrams that the host refused or that were too long for one frame. */
    long lost() {
        return lost;
    }

    /** A datagram to the gateway. */
    void accept(Ipv4Packet packet, UdpDatagram datagram) {
        try {
            Flow flow = flow(packet, datagram);
            flow.lastUse = clock.cycles();
            flow.channel.write(ByteBuffer.wrap(packet.bytes(), datagram.data(), datagram.dataLength()));
        } catch (IOException error) {
            // Nobody listens there, or the host has no socket: to the guest, a datagram that got lost.
            lost++;
        }
    }

    private Flow flow(Ipv4Packet packet, UdpDatagram datagram) throws IOException {
        for (int i = 0; i < flows.size(); i++) {
            Flow flow = flows.get(i);
            if (flow.guest == packet.source()
                    && flow.guestPort == datagram.sourcePort()
                    && flow.hostPort == datagram.destinationPort()) {
                return flow;
            }
        }
        Flow oldest = oldest();
        if (flows.size() == MOST_FLOWS && oldest != null) {
            close(oldest);
        }
        Flow flow = new Flow(
                packet.station(),
                packet.source(),
                datagram.sourcePort(),
                datagram.destinationPort(),
                sockets.connectUdp(datagram.destinationPort()));
        flows.add(flow);
        return flow;
    }

    private @Nullable Flow oldest() {
        Flow oldest = null;
        for (Flow flow : flows) {
            if (oldest == null || flow.lastUse < oldest.lastUse) {
                oldest = flow;
            }
        }
        return oldest;
    }

    /** Passes on what the host has sent. */
    void poll() {
        long now = clock.cycles();
        long idle = IDLE_SECONDS * clock.hertz();
        for (int i = flows.size() - 1; i >= 0; i--) {
            Flow flow = flows.get(i);
            receive(flow, now);
            if (now - flow.lastUse > idle) {
                close(flow);
            }
        }
    }

    private void receive(Flow flow, long now) {
        try {
            while (link.hasRoom() && flow.channel.read(buffer.clear()) > 0) {
                flow.lastUse = now;
                send(flow);
            }
        } catch (PortUnreachableException nobody) {
            lost++;
        } catch (IOException error) {
            lost++;
            close(flow);
        }
    }

    private void send(Flow flow) {
        int length = buffer.position();
        if (length > LONGEST_DATA) {
            lost++;
            return;
        }
        System.arraycopy(buffer.array(), 0, link.frame(), GuestLink.PAYLOAD + UdpDatagram.HEADER, length);
        UdpDatagram.send(link, flow.station, flow.guest, flow.hostPort, flow.guestPort, length);
    }

    private void close(Flow flow) {
        flows.remove(flow);
        sockets.close(flow.channel);
    }

    /** Forgets all. */
    void close() {
        while (!flows.isEmpty()) {
            close(flows.getLast());
        }
    }
}
