package org.shyperlab.platforms.net;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.virtio.FrameSink;
import org.shyperlab.hypervisor.net.EthernetFrame;
import org.shyperlab.hypervisor.net.FrameQueue;
import org.shyperlab.hypervisor.net.MacAddress;

/**
 * Frames to the guest: built here, and kept while the guest has no room. Who sends a lot asks {@link #hasRoom} before and is told when
 * there is some; the other answers are lost when there is none, and asked for again by the guest.
 */
final class GuestLink {
    /** Where the payload of the IPv4 packet begins in {@link #frame}. */
    static final int PAYLOAD = EthernetFrame.HEADER + Ipv4Packet.HEADER;
    /** Longest payload of an IPv4 packet. */
    static final int LONGEST_PAYLOAD = EthernetFrame.LONGEST - PAYLOAD;

    private static final int QUEUE_FRAMES = 64;
    private static final int TIME_TO_LIVE = 64;
    private static final int DO_NOT_FRAGMENT = 0x4000;

    private final byte[] frame = new byte[EthernetFrame.LONGEST];
    private final FrameQueue queue = new FrameQueue(QUEUE_FRAMES);
    private final Runnable onRoom;
    private @Nullable FrameSink guest;
    private long lost;

    /** A link without a guest yet; {@code onRoom} is told each time that frames have left the queue. */
    GuestLink(Runnable onRoom) {
        this.onRoom = onRoom;
    }

    void connect(FrameSink newGuest) {
        guest = newGuest;
        newGuest.onRoom(this::deliver);
    }

    /** Whether the next frame will not be lost. */
    boolean hasRoom() {
        return !queue.isFull();
    }

    /** Answers that were lost because the guest took nothing. */
    long lost() {
        return lost;
    }

    /** The frame that is being built: write the payload, then send. */
    byte[] frame() {
        return frame;
    }

    /** Sends what is in {@link #frame} after its header. */
    void send(MacAddress destination, int type, int payloadLength) {
        EthernetFrame.putHeader(frame, 0, destination.bits(), Gateway.STATION.bits(), type);
        send(EthernetFrame.HEADER + payloadLength);
    }

    /** Sends the payload at {@link #PAYLOAD} as an IPv4 packet of the gateway's. */
    void sendIpv4(long station, int destination, int protocol, int payloadLength) {
        int start = EthernetFrame.HEADER;
        EthernetFrame.putHeader(frame, 0, station, Gateway.STATION.bits(), EthernetFrame.IPV4);
        EthernetFrame.putHalf(frame, start, 0x4500);
        EthernetFrame.putHalf(frame, start + 2, Ipv4Packet.HEADER + payloadLength);
        EthernetFrame.putHalf(frame, start + 4, 0); // of no meaning where nothing is fragmented (RFC 6864, 4.1)
        EthernetFrame.putHalf(frame, start + 6, DO_NOT_FRAGMENT);
        EthernetFrame.putHalf(frame, start + 8, TIME_TO_LIVE << 8 | protocol);
        EthernetFrame.putHalf(frame, start + 10, 0);
        EthernetFrame.putWord(frame, start + 12, Gateway.ADDRESS);
        EthernetFrame.putWord(frame, start + 16, destination);
        EthernetFrame.putHalf(frame, start + 10, InternetChecksum.of(frame, start, Ipv4Packet.HEADER));
        send(PAYLOAD + payloadLength);
    }

    /** Puts the checksum of a UDP datagram or TCP segment whose checksum field, at {@code at}, is zero. */
    void putTransportChecksum(int at, int destination, int protocol, int payloadLength) {
        int sum = InternetChecksum.of(frame, PAYLOAD, payloadLength, protocol, Gateway.ADDRESS, destination);
        // Zero would mean "none" in UDP (RFC 768); in TCP both are the same number.
        EthernetFrame.putHalf(frame, at, sum == 0 ? 0xffff : sum);
    }

    private void send(int length) {
        FrameSink sink = guest;
        if (sink == null || queue.isFull()) {
            lost++;
        } else if (!queue.isEmpty() || !sink.offer(frame, 0, length)) {
            queue.add(frame, 0, length);
        }
    }

    private void deliver() {
        FrameSink sink = guest;
        while (sink != null && !queue.isEmpty() && sink.offer(queue.bytes(), queue.headOffset(), queue.headLength())) {
            queue.removeHead();
        }
        onRoom.run();
    }
}
