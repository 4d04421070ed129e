package org.shyperlab.platforms.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * The gateway's end of one TCP connection (RFC 9293), joined with a connection to the host's loopback address. The guest opens it; its
 * SYN is answered when the host's side stands. Windows are at most 64 KiB, without options but the segment size.
 *
 * <p>Frames between guest and gateway are neither lost nor reordered, but a guest may still drop what it took. So what it has not
 * acknowledged after {@link #RETRY_PART} of a second of virtual time is sent again, some times, and then the connection is reset.
 */
final class TcpConnection {
    /** Half a second. */
    private static final int RETRY_PART = 2;

    private static final int MOST_RETRIES = 10;
    private static final int WINDOW = 0xffff;

    private enum State {
        /** The host's side does not stand yet, and the guest's SYN is not answered. */
        CONNECTING,
        /** SYN and ACK are sent. */
        SYN_RECEIVED,
        /** Both sides stand, or have finished sending. */
        ESTABLISHED,
        /** Nothing more happens. */
        CLOSED
    }

    private final GuestLink link;
    private final HostSockets sockets;
    private final TcpPeer peer;
    private final SocketChannel channel;
    private final int largest;
    private final long retryCycles;
    private State state = State.CONNECTING;

    // To the guest: bytes not acknowledged yet, the first of which has the number sendUnacknowledged.
    private final ByteRing toGuest = new ByteRing(WINDOW);
    private int sendUnacknowledged;
    private int sendNext;
    private int sendHighest;
    private int guestWindow;
    private boolean hostFinished;
    private boolean finishAcknowledged;
    private long lastProgress;
    private int retries;

    // From the guest: bytes that the host has not taken yet.
    private final ByteRing toHost = new ByteRing(WINDOW);
    private int receiveNext;
    private int windowTold;
    private boolean guestFinished;
    private boolean hostTold;
    private boolean synDue;
    private boolean ackDue;

    /**
     * Begins a connection as {@code syn} asks.
     *
     * @param first the gateway's initial sequence number
     * @param retryUnit virtual cycles per second
     * @throws IOException the host has no connection for it
     */
    TcpConnection(GuestLink link, HostSockets sockets, TcpPeer peer, TcpSegment syn, int first, long retryUnit)
            throws IOException {
        this.link = link;
        this.sockets = sockets;
        this.peer = peer;
        largest = Math.clamp(syn.largest(), 64, GuestLink.LONGEST_PAYLOAD - TcpSegment.HEADER);
        retryCycles = retryUnit / RETRY_PART;
        channel = sockets.connectTcp(peer.hostPort());
        sendUnacknowledged = first;
        sendNext = first;
        sendHighest = first;
        guestWindow = syn.window();
        receiveNext = syn.sequence() + 1;
    }

    TcpPeer peer() {
        return peer;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    // ---- what the guest sends ----

    /** A segment of this connection (RFC 9293, 3.10.7). */
    void accept(byte[] bytes, TcpSegment segment, long now) {
        if (segment.has(TcpSegment.RST)) {
            // Only at the exact number, so that nobody resets by guessing (RFC 5961, 3.2).
            if (segment.sequence() == receiveNext) {
                close();
            }
        } else if (segment.has(TcpSegment.SYN)) {
            synDue = state == State.SYN_RECEIVED;
            ackDue = state == State.ESTABLISHED;
        } else if (segment.has(TcpSegment.ACK) && state != State.CONNECTING) {
            if (acceptAcknowledgement(segment, now) && state == State.ESTABLISHED) {
                acceptData(bytes, segment);
            }
        }
    }

    private boolean acceptAcknowledgement(TcpSegment segment, long now) {
        int acknowledged = segment.acknowledgement() - sendUnacknowledged;
        if (acknowledged < 0 || segment.acknowledgement() - sendHighest > 0) {
            // Old, or of what was never sent.
            ackDue = state == State.ESTABLISHED;
            if (state == State.SYN_RECEIVED) {
                TcpSegment.send(link, peer, segment.acknowledgement(), 0, TcpSegment.RST, 0, 0);
            }
            return acknowledged < 0;
        }
        retries = 0;
        guestWindow = segment.window();
        if (acknowledged > 0) {
            lastProgress = now;
            int data = acknowledged;
            if (state == State.SYN_RECEIVED) {
                state = State.ESTABLISHED;
                data--;
            }
            if (data > toGuest.size()) {
                finishAcknowledged = true;
                data = toGuest.size();
            }
            toGuest.skip(data);
            sendUnacknowledged = segment.acknowledgement();
            if (sendUnacknowledged - sendNext > 0) {
                sendNext = sendUnacknowledged;
            }
        }
        return true;
    }

    private void acceptData(byte[] bytes, TcpSegment segment) {
        int known = receiveNext - segment.sequence();
        if (segment.span() == 0) {
            // A keep-alive is one before the next (RFC 9293, 3.8.4).
            ackDue |= known != 0;
            return;
        }
        ackDue = true;
        if (known < 0 || known > segment.dataLength() || guestFinished) {
            return;
        }
        int fresh = segment.dataLength() - known;
        int taken = Math.min(fresh, toHost.free());
        toHost.put(bytes, segment.data() + known, taken);
        receiveNext += taken;
        if (segment.has(TcpSegment.FIN) && taken == fresh) {
            receiveNext++;
            guestFinished = true;
        }
    }

    // ---- the host's side, and what the guest gets ----

    /** Moves what can move, both ways. */
    void poll(long now) {
        try {
            if (state == State.CONNECTING && channel.finishConnect()) {
                state = State.SYN_RECEIVED;
                synDue = true;
                lastProgress = now;
            }
            if (state == State.SYN_RECEIVED || state == State.ESTABLISHED) {
                exchange();
                retry(now);
                output();
            }
            if (guestFinished && hostTold && finishAcknowledged && !ackDue) {
                close();
            }
            if (state != State.CLOSED) {
                sockets.watch(channel, interest());
            }
        } catch (IOException error) {
            // The host refused or reset: so does the gateway.
            reset();
        }
    }

    private void exchange() throws IOException {
        toHost.writeTo(channel);
        if (guestFinished && toHost.isEmpty() && !hostTold) {
            channel.shutdownOutput();
            hostTold = true;
        }
        if (!hostFinished && !toGuest.readFrom(channel)) {
            hostFinished = true;
        }
        // A window that was nearly closed opens: the guest may be waiting for that (RFC 9293, 3.8.6.2.2).
        if (state == State.ESTABLISHED && windowTold < WINDOW / 2 && toHost.free() >= WINDOW / 2) {
            ackDue = true;
        }
    }

    private int interest() {
        if (state == State.CONNECTING) {
            return SelectionKey.OP_CONNECT;
        }
        int read = hostFinished || toGuest.free() == 0 ? 0 : SelectionKey.OP_READ;
        return read | (toHost.isEmpty() ? 0 : SelectionKey.OP_WRITE);
    }

    private boolean isSomethingUnacknowledged() {
        return state == State.SYN_RECEIVED || !toGuest.isEmpty() || hostFinished && !finishAcknowledged;
    }

    /** Goes back to what was not acknowledged in time; with a closed window, one byte asks whether it is still closed. */
    private void retry(long now) {
        if (!isSomethingUnacknowledged()) {
            lastProgress = now;
        } else if (now - lastProgress > retryCycles) {
            lastProgress = now;
            if (++retries > MOST_RETRIES) {
                reset();
                return;
            }
            synDue = state == State.SYN_RECEIVED;
            if (state == State.ESTABLISHED) {
                sendNext = sendUnacknowledged;
                guestWindow = Math.max(guestWindow, 1);
            }
        }
    }

    /** Sends what is due, as long as the link has room. */
    private void output() {
        if (synDue && link.hasRoom()) {
            sendNext = sendUnacknowledged + 1;
            segment(sendUnacknowledged, TcpSegment.SYN | TcpSegment.ACK, 0);
            synDue = false;
        }
        if (state == State.ESTABLISHED) {
            sendData();
        }
        if (ackDue && link.hasRoom() && state == State.ESTABLISHED) {
            segment(sendNext, TcpSegment.ACK, 0);
        }
    }

    private void sendData() {
        int sent = sendNext - sendUnacknowledged;
        while (sent < Math.min(toGuest.size(), guestWindow) && link.hasRoom()) {
            int length = Math.min(largest, Math.min(toGuest.size(), guestWindow) - sent);
            toGuest.copy(sent, link.frame(), GuestLink.PAYLOAD + TcpSegment.HEADER, length);
            int push = sent + length == toGuest.size() ? TcpSegment.PSH : 0;
            int from = sendNext;
            sendNext += length;
            segment(from, TcpSegment.ACK | push, length);
            sent += length;
        }
        if (hostFinished && !finishAcknowledged && sent == toGuest.size() && link.hasRoom()) {
            int from = sendNext;
            sendNext++;
            segment(from, TcpSegment.ACK | TcpSegment.FIN, 0);
        }
    }

    private void segment(int sequence, int flags, int length) {
        windowTold = toHost.free();
        ackDue = false;
        if (sendNext - sendHighest > 0) {
            sendHighest = sendNext;
        }
        TcpSegment.send(link, peer, sequence, receiveNext, flags, windowTold, length);
    }

    /** Ends both sides at once. */
    void reset() {
        if (state != State.CLOSED) {
            TcpSegment.send(link, peer, sendNext, receiveNext, TcpSegment.RST | TcpSegment.ACK, 0, 0);
            close();
        }
    }

    /** Ends the host's side and says nothing to the guest. */
    void close() {
        state = State.CLOSED;
        sockets.close(channel);
    }
}
