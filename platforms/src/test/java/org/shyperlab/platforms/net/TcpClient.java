package org.shyperlab.platforms.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.platforms.net.TestGuest.*;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A guest's end of a TCP connection, moved by hand: it says what it is told to say, and checks every segment that comes. */
final class TcpClient {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int ACK = 16;
    static final int PORT = 40_000;

    /** A segment that came. */
    record Segment(int sequence, int acknowledgement, int flags, int window, byte[] data) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    private final TestGuest guest;
    private final int hostPort;
    final ByteArrayOutputStream stream = new ByteArrayOutputStream();
    int next = 0x7fff_fff0; // wraps around soon
    int expected;
    int window = 0xffff;
    /** What the gateway said last. */
    int acknowledged;

    int gatewaysWindow;
    boolean finished;
    boolean wasReset;

    TcpClient(TestGuest guest, int hostPort) {
        this.guest = guest;
        this.hostPort = hostPort;
    }

    byte[] frame(int flags, int header, byte[] data) {
        byte[] segment = ByteBuffer.allocate(header + data.length)
                .putShort((short) PORT)
                .putShort((short) hostPort)
                .putInt(next)
                .putInt((flags & ACK) != 0 ? expected : 0)
                .putShort((short) (header / 4 << 12 | flags))
                .putShort((short) window)
                .position(header)
                .put(data)
                .array();
        if (header > 20) {
            // No operation, largest segment 1000, end.
            ByteBuffer.wrap(segment)
                    .position(20)
                    .put((byte) 1)
                    .put((byte) 2)
                    .put((byte) 4)
                    .putShort((short) 1000);
        }
        ByteBuffer.wrap(segment).putShort(16, (short) transportChecksum(ADDRESS, GATEWAY, 6, segment));
        return ipv4(ADDRESS, GATEWAY, 6, segment);
    }

    void send(int flags, byte... data) {
        guest.send(frame(flags, 20, data));
        next += data.length + ((flags & (SYN | FIN)) != 0 ? 1 : 0);
    }

    /** The next segment, or null when none comes. */
    @Nullable
    Segment receive() {
        byte[] frame = guest.next();
        if (frame == null) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        byte[] segment = Arrays.copyOfRange(frame, 34, frame.length);
        assertThat(frame[23]).as("protocol").isEqualTo((byte) 6);
        assertThat(checksum(Arrays.copyOfRange(frame, 14, 34))).isZero();
        assertThat(transportChecksum(GATEWAY, ADDRESS, 6, segment)).isZero();
        assertThat(bytes.getInt(34)).isEqualTo(hostPort << 16 | PORT);
        int header = (segment[12] >>> 4 & 0xf) * 4;
        return new Segment(
                bytes.getInt(38),
                bytes.getInt(42),
                segment[13],
                bytes.getShort(48) & 0xffff,
                Arrays.copyOfRange(segment, header, segment.length));
    }

    /** The handshake; false when it is refused. */
    boolean connect() {
        guest.send(frame(SYN, 28, new byte[0]));
        next++;
        Segment answer = Objects.requireNonNull(receive(), "no answer to SYN");
        assertThat(answer.acknowledgement()).isEqualTo(next);
        if (answer.has(RST)) {
            return false;
        }
        assertThat(answer.flags()).isEqualTo(SYN | ACK);
        expected = answer.sequence() + 1;
        acknowledged = next;
        gatewaysWindow = answer.window();
        send(ACK);
        return true;
    }

    /** Takes one segment as a TCP does, and acknowledges what is in order; false when none came. */
    boolean step() {
        Segment segment = receive();
        if (segment == null) {
            return false;
        }
        if (segment.has(RST)) {
            wasReset = true;
            return true;
        }
        assertThat(segment.data().length).isLessThanOrEqualTo(1000);
        acknowledged = segment.acknowledgement();
        gatewaysWindow = segment.window();
        if (segment.sequence() == expected && (segment.data().length > 0 || segment.has(FIN))) {
            stream.writeBytes(segment.data());
            expected += segment.data().length;
            if (segment.has(FIN)) {
                expected++;
                finished = true;
            }
            send(ACK);
        }
        return true;
    }

    /** Sends all of it, as fast as the gateway's window allows. */
    void sendAll(byte[] data) {
        int start = next;
        int sent = 0;
        while (sent < data.length) {
            int room = gatewaysWindow - (next - acknowledged);
            int length = Math.min(Math.min(room, 1000), data.length - sent);
            if (length > 0) {
                send(ACK, Arrays.copyOfRange(data, sent, sent + length));
                sent += length;
            } else {
                assertThat(step()).as("the window opens").isTrue();
            }
        }
        while (acknowledged != start + data.length) {
            assertThat(step()).as("all is acknowledged").isTrue();
        }
    }
}
