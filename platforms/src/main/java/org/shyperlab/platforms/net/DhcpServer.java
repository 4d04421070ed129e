package org.shyperlab.platforms.net;

import java.util.Arrays;
import org.shyperlab.hypervisor.net.EthernetFrame;
import org.shyperlab.hypervisor.net.MacAddress;

/**
 * Gives the stations on the cable their addresses, from 10.0.2.15 on in the order in which they ask (RFC 2131). A station keeps its
 * address for the whole run.
 */
final class DhcpServer {
    static final int SERVER_PORT = 67;
    static final int CLIENT_PORT = 68;
    /** Stations that get an address. */
    static final int LEASES = 16;

    private static final int EVERYBODY = 0xffff_ffff;
    private static final int LEASE_SECONDS = 86_400;
    private static final int COOKIE = 0x6382_5363;

    // Fields of a message (RFC 2131, 2).
    private static final int FLAGS = 10;
    private static final int CLIENT_ADDRESS = 12;
    private static final int YOUR_ADDRESS = 16;
    private static final int CLIENT_STATION = 28;
    private static final int COOKIE_AT = 236;
    private static final int OPTIONS = 240;
    /** Shortest message that every client takes (RFC 1542, 2.1). */
    private static final int SHORTEST = 300;

    private static final int BOOT_REQUEST = 0x0101_0600;
    private static final int BOOT_REPLY = 0x0201_0600;
    private static final int ANY_HOPS = 0xffff_ff00;
    private static final int BROADCAST_FLAG = 0x8000;

    // Options (RFC 2132).
    private static final int PAD = 0;
    private static final int NETMASK = 1;
    private static final int ROUTER = 3;
    private static final int REQUESTED_ADDRESS = 50;
    private static final int LEASE_TIME = 51;
    private static final int MESSAGE_TYPE = 53;
    private static final int SERVER = 54;
    private static final int END = 255;

    // Message types.
    private static final int DISCOVER = 1;
    private static final int OFFER = 2;
    private static final int REQUEST = 3;
    private static final int ACK = 5;
    private static final int NAK = 6;
    private static final int INFORM = 8;

    private final GuestLink link;
    private final long[] stations = new long[LEASES];
    private int leases;

    // What the last message's options say; 0 for what they do not say.
    private int type;
    private int requested;
    private int server;

    DhcpServer(GuestLink link) {
        this.link = link;
    }

    /** A datagram from a client's port to the server's; false when it is no message that gets an answer. */
    boolean accept(byte[] bytes, int message, int length) {
        if (length < OPTIONS
                || (EthernetFrame.word(bytes, message) & ANY_HOPS) != BOOT_REQUEST
                || EthernetFrame.word(bytes, message + COOKIE_AT) != COOKIE
                || !parseOptions(bytes, message + OPTIONS, message + length)
                || server != 0 && server != Gateway.ADDRESS) {
            return false;
        }
        long station = EthernetFrame.address(bytes, message + CLIENT_STATION);
        int lease = MacAddress.isStation(station) ? lease(station) : 0;
        if (lease == 0) {
            return false;
        }
        int current = EthernetFrame.word(bytes, message + CLIENT_ADDRESS);
        switch (type) {
            case DISCOVER -> reply(bytes, message, station, OFFER, lease);
            case REQUEST -> {
                boolean right = (requested == 0 ? current : requested) == lease;
                reply(bytes, message, station, right ? ACK : NAK, right ? lease : 0);
            }
            case INFORM -> reply(bytes, message, station, ACK, 0);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** False when an option goes beyond the message. */
    private boolean parseOptions(byte[] bytes, int from, int end) {
        type = 0;
        requested = 0;
        server = 0;
        int at = from;
        while (at < end && (bytes[at] & 0xff) != END) {
            int option = bytes[at++] & 0xff;
            if (option == PAD) {
                continue;
            }
            if (at == end || at + 1 + (bytes[at] & 0xff) > end) {
                return false;
            }
            int length = bytes[at++] & 0xff;
            if (option == MESSAGE_TYPE && length == 1) {
                type = bytes[at];
            } else if (option == REQUESTED_ADDRESS && length == Integer.BYTES) {
                requested = EthernetFrame.word(bytes, at);
            } else if (option == SERVER && length == Integer.BYTES) {
                server = EthernetFrame.word(bytes, at);
            }
            at += length;
        }
        return true;
    }

    /** The station's address; 0 when there are no more. */
    private int lease(long station) {
        for (int i = 0; i < leases; i++) {
            if (stations[i] == station) {
                return Gateway.FIRST_GUEST + i;
            }
        }
        if (leases == LEASES) {
            return 0;
        }
        stations[leases] = station;
        return Gateway.FIRST_GUEST + leases++;
    }

    private void reply(byte[] request, int message, long station, int replyType, int yours) {
        byte[] frame = link.frame();
        int start = GuestLink.PAYLOAD + UdpDatagram.HEADER;
        Arrays.fill(frame, start, start + SHORTEST, (byte) 0);
        System.arraycopy(request, message, frame, start, OPTIONS);
        // What a server fills in, or leaves empty (RFC 2131, table 3).
        Arrays.fill(frame, start + YOUR_ADDRESS, start + YOUR_ADDRESS + 8, (byte) 0);
        Arrays.fill(frame, start + CLIENT_STATION + 16, start + COOKIE_AT, (byte) 0);
        EthernetFrame.putWord(frame, start, BOOT_REPLY);
        EthernetFrame.putHalf(frame, start + 8, 0);
        EthernetFrame.putWord(frame, start + YOUR_ADDRESS, yours);
        int at = start + OPTIONS;
        frame[at++] = MESSAGE_TYPE;
        frame[at++] = 1;
        frame[at++] = (byte) replyType;
        at = putOption(frame, at, SERVER, Gateway.ADDRESS);
        if (replyType != NAK) {
            if (yours != 0) {
                at = putOption(frame, at, LEASE_TIME, LEASE_SECONDS);
            }
            at = putOption(frame, at, NETMASK, Gateway.NETMASK);
            at = putOption(frame, at, ROUTER, Gateway.ADDRESS);
        }
        frame[at] = (byte) END;
        int current = EthernetFrame.word(request, message + CLIENT_ADDRESS);
        boolean toAll = replyType == NAK
                || (EthernetFrame.half(request, message + FLAGS) & BROADCAST_FLAG) != 0 && current == 0;
        int receiver = current == 0 ? yours : current;
        UdpDatagram.send(
                link,
                toAll ? MacAddress.BROADCAST : station,
                toAll ? EVERYBODY : receiver,
                SERVER_PORT,
                CLIENT_PORT,
                SHORTEST);
    }

    private static int putOption(byte[] frame, int at, int option, int value) {
        frame[at] = (byte) option;
        frame[at + 1] = Integer.BYTES;
        EthernetFrame.putWord(frame, at + 2, value);
        return at + 2 + Integer.BYTES;
    }
}
