package org.shyperlab.platforms.net;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.virtio.FrameSink;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.hypervisor.net.EthernetFrame;
import org.shyperlab.hypervisor.net.MacAddress;
import org.shyperlab.platforms.time.HostPace;

/**
 * The gateway 10.0.2.2, which gives its guest an address by DHCP, answers ARP and pings, and passes TCP connections and UDP datagrams
 * to 10.0.2.2:port on to 127.0.0.1:port of the host. Nothing else of the host or its network can be reached, and nothing of the host
 * can reach the guest.
 *
 * <p>A run with an uplink whose guest talks to the host is not deterministic. Sockets are looked at when the guest sends and every
 * virtual millisecond while connections are open; meanwhile virtual time does not run ahead of the host's clock, so that the guest's
 * timers give the host's services their time. Without connections the uplink costs nothing and changes nothing.
 */
public final class UserUplink implements FrameSink, AutoCloseable {
    /** The gateway's Ethernet address, for the port of a switch. */
    public static final MacAddress ADDRESS = Gateway.STATION;

    private static final long POLLS_PER_SECOND = 1000;
    private static final long LONGEST_WAIT_MILLIS = 10;

    private final VirtualClock clock;
    private final Alarms.Alarm alarm;
    private final Consumer<IOException> onFailure;
    private final HostSockets sockets = new HostSockets();
    private final GuestLink link = new GuestLink(this::moveStreams);
    private final ArpResponder arp = new ArpResponder(link);
    private final EchoResponder echo = new EchoResponder(link);
    private final DhcpServer dhcp = new DhcpServer(link);
    private final UdpForwarder udp;
    private final TcpForwarder tcp;
    private final Ipv4Packet packet = new Ipv4Packet();
    private final UdpDatagram datagram = new UdpDatagram();
    /** Set while sockets are looked at regularly. */
    private @Nullable HostPace pace;

    private boolean canWait = true;
    private boolean moving;
    private long ignored;

    /**
     * An uplink without a guest yet. Takes one of the machine's alarms, so it is made while the machine is built.
     *
     * @param onFailure told once when the host cannot wait for sockets any more; the run goes on without pace
     * @throws IOException the host gives no sockets
     */
    public UserUplink(Alarms alarms, Consumer<IOException> onFailure) throws IOException {
        this.onFailure = onFailure;
        clock = alarms.clock();
        alarm = alarms.create(this::poll);
        udp = new UdpForwarder(link, sockets, clock);
        tcp = new TcpForwarder(link, sockets, clock);
    }

    /** Puts the cable in, once: a VM's network device, or the port of a switch, whose device this is. */
    public void connect(FrameSink guest) {
        link.connect(guest);
    }

    /** Frames that the uplink has no answer to: malformed, or to others than the gateway. */
    public long ignored() {
        return ignored;
    }

    /** Answers, datagrams and closed sockets that guest or host did not take as they should. */
    public long lost() {
        return link.lost() + udp.lost() + sockets.failedCloses();
    }

    /** Takes every frame: what it says is dealt with at once. */
    @Override
    public boolean offer(byte[] buffer, int offset, int length) {
        if (length < EthernetFrame.HEADER || !isForGateway(EthernetFrame.destination(buffer, offset))) {
            ignored++;
            return true;
        }
        boolean answered = MacAddress.isStation(EthernetFrame.source(buffer, offset))
                && switch (EthernetFrame.type(buffer, offset)) {
                    case EthernetFrame.ARP -> arp.accept(buffer, offset, length);
                    case EthernetFrame.IPV4 -> packet.parse(buffer, offset, length) && acceptPacket();
                    default -> false;
                };
        if (!answered) {
            ignored++;
        }
        startPolling();
        return true;
    }

    /** There is always room, so nobody is ever told. */
    @Override
    public void onRoom(Runnable callback) {
        // Never refused, never called back.
    }

    private static boolean isForGateway(long station) {
        return station == MacAddress.BROADCAST || station == Gateway.STATION.bits();
    }

    private boolean acceptPacket() {
        if (packet.protocol() == Ipv4Packet.UDP) {
            return datagram.parse(packet) && acceptDatagram();
        }
        if (!isBetweenGuestAndGateway()) {
            return false;
        }
        return switch (packet.protocol()) {
            case Ipv4Packet.ICMP -> echo.accept(packet);
            case Ipv4Packet.TCP -> tcp.accept(packet);
            default -> false;
        };
    }

    private boolean acceptDatagram() {
        if (datagram.destinationPort() == DhcpServer.SERVER_PORT && datagram.sourcePort() == DhcpServer.CLIENT_PORT) {
            return dhcp.accept(packet.bytes(), datagram.data(), datagram.dataLength());
        }
        if (!isBetweenGuestAndGateway() || datagram.destinationPort() == 0) {
            return false;
        }
        udp.accept(packet, datagram);
        return true;
    }

    private boolean isBetweenGuestAndGateway() {
        return packet.destination() == Gateway.ADDRESS && Gateway.isGuest(packet.source());
    }

    private void startPolling() {
        if (pace == null && (tcp.isActive() || udp.isActive())) {
            pace = new HostPace(clock);
            arm();
        }
    }

    private void arm() {
        alarm.set(clock.cycles() + clock.hertz() / POLLS_PER_SECOND);
    }

    /** Every virtual millisecond while something may come from the host. */
    private void poll() {
        HostPace current = pace;
        if (current != null && canWait) {
            await(Math.min(current.nanosAhead() / 1_000_000, LONGEST_WAIT_MILLIS));
        }
        moveStreams();
        if (tcp.isActive() || udp.isActive()) {
            arm();
        } else {
            pace = null;
        }
    }

    private void await(long milliseconds) {
        try {
            sockets.await(milliseconds);
        } catch (IOException error) {
            canWait = false;
            onFailure.accept(error);
        }
    }

    private void moveStreams() {
        // A guest that takes a frame may have room for the next at once and say so.
        if (!moving) {
            moving = true;
            tcp.poll();
            udp.poll();
            moving = false;
        }
    }

    /** Ends all connections. */
    @Override
    public void close() throws IOException {
        alarm.cancel();
        tcp.close();
        udp.close();
        sockets.close();
    }
}
