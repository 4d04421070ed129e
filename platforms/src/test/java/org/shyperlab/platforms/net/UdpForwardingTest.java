package org.shyperlab.platforms.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.platforms.net.TestGuest.*;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** UDP datagrams between the guest and services of the host. */
@Timeout(60)
class UdpForwardingTest {
    private final DatagramSocket service = new DatagramSocket(0, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    private final TestGuest guest = new TestGuest();

    UdpForwardingTest() throws IOException {}

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @AfterEach
    void close() throws IOException {
        guest.close();
        service.close();
    }

    private void send(int port, int targetPort, byte[] data) {
        guest.send(udp(ADDRESS, GATEWAY, port, targetPort, data));
    }

    private DatagramPacket received() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        service.receive(packet);
        return packet;
    }

    private void answer(DatagramPacket to, byte[] data) throws IOException {
        service.send(new DatagramPacket(data, data.length, to.getSocketAddress()));
    }

    @Test
    void datagramsGoToTheHostAndAnswersComeBackToThePortThatAsked() throws IOException {
        send(5000, service.getLocalPort(), bytes("first"));
        DatagramPacket first = received();
        send(5001, service.getLocalPort(), bytes("second"));
        DatagramPacket second = received();
        assertThat(Arrays.copyOf(first.getData(), first.getLength())).isEqualTo(bytes("first"));
        assertThat(first.getAddress().isLoopbackAddress()).isTrue();
        answer(second, bytes("2"));
        assertAnswer(5001, bytes("2"));
        byte[] longest = new byte[1472];
        Arrays.fill(longest, (byte) 7);
        answer(first, longest);
        assertAnswer(5000, longest);
        assertThat(guest.uplink.lost()).isZero();
    }

    private void assertAnswer(int port, byte[] data) {
        byte[] frame = Objects.requireNonNull(guest.next());
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        assertThat(bytes.getShort(34) & 0xffff).isEqualTo(service.getLocalPort());
        assertThat(bytes.getShort(36) & 0xffff).isEqualTo(port);
        assertThat(transportChecksum(GATEWAY, ADDRESS, 17, Arrays.copyOfRange(frame, 34, frame.length)))
                .isZero();
        assertThat(Arrays.copyOfRange(frame, 42, frame.length)).isEqualTo(data);
    }

    @Test
    void anAnswerThatIsTooLongForOneFrameIsLostAndCounted() throws IOException {
        send(5000, service.getLocalPort(), bytes("x"));
        answer(received(), new byte[1473]);
        assertThat(guest.await(() -> guest.uplink.lost() == 1)).isTrue();
        assertThat(guest.received).isEmpty();
    }

    @Test
    void aPortWhereNobodyListensLosesDatagramsAndStopsNothing() throws IOException {
        int port = service.getLocalPort();
        service.close();
        send(5000, port, bytes("x"));
        assertThat(guest.await(() -> guest.uplink.lost() == 1)).isTrue();
        send(5000, port, bytes("x"));
        assertThat(guest.await(() -> guest.uplink.lost() >= 2)).isTrue();
    }

    @Test
    void portsThatAreSilentForAMinuteAreForgotten() throws IOException {
        send(5000, service.getLocalPort(), bytes("x"));
        received();
        assertThat(guest.isPolled()).isTrue();
        guest.pass(60_000);
        assertThat(guest.isPolled()).isTrue();
        guest.pass(1);
        assertThat(guest.isPolled()).isFalse();
    }

    @Test
    void morePortsThanAreKeptPushOutTheOldest() throws IOException {
        for (int i = 0; i < 3 * UdpForwarder.MOST_FLOWS; i++) {
            send(5000 + i, service.getLocalPort(), new byte[] {(byte) i});
            guest.pass();
            received();
        }
        send(5000, service.getLocalPort(), bytes("again"));
        DatagramPacket last = received();
        answer(last, bytes("yes"));
        assertAnswer(5000, bytes("yes"));
    }

    @Test
    void brokenDatagramsGoNowhere() {
        byte[] broken = udp(ADDRESS, GATEWAY, 5000, service.getLocalPort(), bytes("x"));
        broken[42] ^= 1;
        guest.send(broken);
        byte[] tooLong = udp(ADDRESS, GATEWAY, 5000, service.getLocalPort(), bytes("x"));
        tooLong[39] = 100;
        guest.send(tooLong);
        guest.send(udp(ADDRESS, 0x7f00_0001, 5000, service.getLocalPort(), bytes("x")));
        guest.send(udp(0x7f00_0001, GATEWAY, 5000, service.getLocalPort(), bytes("x")));
        guest.send(udp(ADDRESS, GATEWAY, 5000, 0, bytes("x")));
        assertThat(guest.uplink.ignored()).isEqualTo(5);
        assertThat(guest.isPolled()).isFalse();
    }
}
