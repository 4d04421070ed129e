package org.shyperlab.platforms.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.platforms.net.TcpClient.*;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TCP connections of the guest to services of the host. */
@Timeout(120)
class TcpForwardingTest {
    /** What a service does with its one connection; its result. */
    private interface Service {
        byte[] serve(Socket socket) throws IOException;
    }

    private final ServerSocket listener = new ServerSocket(0, 100, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    private final TestGuest guest = new TestGuest();
    private final TcpClient client = new TcpClient(guest, listener.getLocalPort());

    TcpForwardingTest() throws IOException {}

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @AfterEach
    void close() throws IOException {
        guest.close();
        listener.close();
    }

    /** Each service has a thread of its own: one that a failed test left waiting holds up no other test. */
    private CompletableFuture<byte[]> serve(Service service) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (Socket socket = listener.accept()) {
                result.complete(service.serve(socket));
            } catch (IOException error) {
                result.completeExceptionally(error);
            }
        });
        return result.orTimeout(60, TimeUnit.SECONDS);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private void awaitReset() {
        while (!client.wasReset) {
            assertThat(client.step()).as("a reset comes").isTrue();
        }
    }

    @Test
    void aRequestIsAnsweredAndBothSidesFinish() {
        CompletableFuture<byte[]> request = serve(socket -> {
            byte[] read = socket.getInputStream().readNBytes(4);
            socket.getOutputStream().write(bytes("pong!"));
            return read;
        });
        assertThat(client.connect()).isTrue();
        client.send(ACK, bytes("ping"));
        while (!client.finished) {
            assertThat(client.step()).isTrue();
        }
        assertThat(request.join()).isEqualTo(bytes("ping"));
        assertThat(client.stream.toByteArray()).isEqualTo(bytes("pong!"));
        client.send(FIN | ACK);
        Segment last = Objects.requireNonNull(client.receive());
        assertThat(last.acknowledgement()).isEqualTo(client.next);
        assertThat(guest.await(() -> !guest.isPolled())).as("nothing is left").isTrue();
    }

    @Test
    void aGuestThatFinishesFirstStillGetsItsAnswer() {
        CompletableFuture<byte[]> request = serve(socket -> {
            byte[] all = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(all);
            return all;
        });
        assertThat(client.connect()).isTrue();
        client.send(FIN | ACK, bytes("all of it"));
        while (!client.finished) {
            assertThat(client.step()).isTrue();
        }
        assertThat(request.join()).isEqualTo(bytes("all of it"));
        assertThat(client.stream.toByteArray()).isEqualTo(bytes("all of it"));
        assertThat(guest.await(() -> !guest.isPolled())).as("nothing is left").isTrue();
    }

    @Test
    void aMegabyteGoesUpAndComesBackUnchanged() {
        byte[] data = random(1 << 20);
        CompletableFuture<byte[]> up = serve(socket -> {
            byte[] all = socket.getInputStream().readNBytes(data.length);
            socket.getOutputStream().write(all);
            return all;
        });
        assertThat(client.connect()).isTrue();
        client.sendAll(data);
        while (!client.finished) {
            assertThat(client.step()).isTrue();
        }
        assertThat(up.join()).isEqualTo(data);
        assertThat(client.stream.toByteArray()).isEqualTo(data);
    }

    @Test
    void aGuestWithASmallWindowIsNeverOverrun() {
        byte[] data = random(50_000);
        serve(socket -> {
            socket.getOutputStream().write(data);
            return data;
        });
        client.window = 700;
        assertThat(client.connect()).isTrue();
        while (!client.finished) {
            assertThat(client.step()).isTrue();
            int ahead =
                    guest.received.stream().mapToInt(frame -> frame.length - 54).sum();
            assertThat(ahead).isLessThanOrEqualTo(700);
        }
        assertThat(client.stream.toByteArray()).isEqualTo(data);
    }

    @Test
    void anAcknowledgementOfMoreThanWasSentAgainIsUnderstood() {
        byte[] data = random(10_000);
        serve(socket -> {
            socket.getOutputStream().write(data);
            // The end of the stream would be one more segment, whenever it comes.
            return socket.getInputStream().readAllBytes();
        });
        assertThat(client.connect()).isTrue();
        guest.await(() -> guest.received.size() >= 5);
        guest.received.clear();
        // Only one segment fits into the window when the gateway goes back to the first.
        client.window = 1000;
        client.send(ACK);
        guest.step = 600;
        Segment again = Objects.requireNonNull(client.receive());
        assertThat(again.sequence()).isEqualTo(client.expected);
        client.expected += 5000;
        client.stream.write(data, 0, 5000);
        client.window = 0xffff;
        client.send(ACK);
        assertThat(Objects.requireNonNull(client.receive()).sequence()).isEqualTo(client.expected);
        guest.received.clear();
        while (client.stream.size() < data.length) {
            assertThat(client.step()).isTrue();
        }
        assertThat(client.stream.toByteArray()).isEqualTo(data);
    }

    @Test
    void aGuestThatIgnoresTheWindowLosesWhatIsBeyondItAndIsToldWhenItOpens() throws IOException {
        CountDownLatch mayRead = new CountDownLatch(1);
        listener.setReceiveBufferSize(4096);
        CompletableFuture<byte[]> up = serve(socket -> {
            await(mayRead);
            return socket.getInputStream().readAllBytes();
        });
        byte[] data = random(20 << 20);
        assertThat(client.connect()).isTrue();
        int start = client.next;
        int sent = 0;
        // Until host and gateway are full; sockets of the host take megabytes. A gateway that was full only until the
        // host had
        // time has lost a segment, and waits with an open window for it: so the guest begins there once more.
        do {
            client.next = client.acknowledged;
            sent = client.next - start;
            for (int idle = 0; idle < 200; idle++) {
                client.send(ACK, Arrays.copyOfRange(data, sent, sent + 1000));
                sent += 1000;
                int before = client.acknowledged;
                while (!guest.received.isEmpty()) {
                    assertThat(client.step()).isTrue();
                }
                idle = client.acknowledged == before ? idle : 0;
            }
        } while (client.gatewaysWindow >= 1000);
        int taken = client.acknowledged - start;
        assertThat(taken).isLessThanOrEqualTo(sent - 150_000);
        // Nor is the FIN taken of a segment whose end is beyond the window.
        client.next = client.acknowledged;
        client.send(FIN | ACK, Arrays.copyOfRange(data, taken, taken + 2000));
        assertThat(client.step()).isTrue();
        taken = client.acknowledged - start;
        mayRead.countDown();
        while (client.gatewaysWindow < 0x7fff) {
            assertThat(client.step()).as("the window opens").isTrue();
        }
        client.next = client.acknowledged;
        client.sendAll(Arrays.copyOfRange(data, taken, sent));
        client.send(FIN | ACK);
        while (!client.finished) {
            assertThat(client.step()).isTrue();
        }
        assertThat(up.join()).isEqualTo(Arrays.copyOf(data, sent));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException end) {
            throw new IllegalStateException(end);
        }
    }

    @Test
    void aClosedWindowIsAskedAboutAndDataGoOnWhenItOpens() {
        byte[] data = random(3_000);
        serve(socket -> {
            socket.getOutputStream().write(data);
            return data;
        });
        client.window = 0;
        assertThat(client.connect()).isTrue();
        guest.step = 100;
        Segment probe = Objects.requireNonNull(client.receive());
        assertThat(probe.data()).hasSize(1);
        client.send(ACK);
        // As often as it takes: a guest that answers is alive.
        for (int i = 0; i < 15; i++) {
            assertThat(Objects.requireNonNull(client.receive()).data()).hasSize(1);
            client.send(ACK);
        }
        client.window = 0xffff;
        client.send(ACK);
        while (!client.finished) {
            assertThat(client.step()).isTrue();
        }
        assertThat(client.stream.toByteArray()).isEqualTo(data);
    }

    @Test
    void whatTheGuestDoesNotAcknowledgeIsSentAgain() {
        byte[] data = random(5_000);
        serve(socket -> {
            socket.getOutputStream().write(data);
            // The end of the stream would be one more segment, whenever it comes.
            return socket.getInputStream().readAllBytes();
        });
        assertThat(client.connect()).isTrue();
        for (int i = 0; i < 3; i++) {
            Segment first = Objects.requireNonNull(client.receive());
            assertThat(first.sequence()).isEqualTo(client.expected);
            guest.await(() -> guest.received.size() >= 4);
            guest.received.clear();
            guest.step = 100;
        }
        while (client.stream.size() < data.length) {
            assertThat(client.step()).isTrue();
        }
        assertThat(client.stream.toByteArray()).isEqualTo(data);
    }

    @Test
    void aGuestThatNeverAcknowledgesIsResetAtLast() {
        serve(socket -> {
            socket.getOutputStream().write(1);
            return socket.getInputStream().readAllBytes();
        });
        assertThat(client.connect()).isTrue();
        guest.step = 100;
        int segments = 0;
        Segment segment = Objects.requireNonNull(client.receive());
        while (!segment.has(RST)) {
            segments++;
            segment = Objects.requireNonNull(client.receive());
        }
        assertThat(segments).isBetween(11, 25);
        assertThat(guest.isPolled()).isFalse();
    }

    @Test
    void aPortWhereNobodyListensRefuses() throws IOException {
        listener.close();
        assertThat(client.connect()).isFalse();
        assertThat(guest.await(() -> !guest.isPolled())).isTrue();
    }

    @Test
    void aResetOfTheGuestEndsTheHostsConnection() {
        CompletableFuture<byte[]> end = serve(socket -> socket.getInputStream().readAllBytes());
        assertThat(client.connect()).isTrue();
        client.send(ACK, bytes("x"));
        assertThat(client.step()).isTrue();
        client.next += 1;
        client.send(RST);
        assertThat(guest.isPolled()).as("a wrong number resets nothing").isTrue();
        guest.pass();
        assertThat(guest.isPolled()).isTrue();
        client.next -= 1;
        client.send(RST);
        assertThat(end.join()).isEqualTo(bytes("x"));
        assertThat(guest.await(() -> !guest.isPolled())).isTrue();
    }

    @Test
    void aResetOfTheHostReachesTheGuest() {
        serve(socket -> {
            socket.setSoLinger(true, 0);
            return socket.getInputStream().readNBytes(1);
        });
        assertThat(client.connect()).isTrue();
        client.send(ACK, bytes("x"));
        awaitReset();
        assertThat(guest.await(() -> !guest.isPolled())).isTrue();
    }

    @Test
    void repeatedAndOverlappingSegmentsCountOnce() {
        CompletableFuture<byte[]> up = serve(socket -> socket.getInputStream().readAllBytes());
        assertThat(client.connect()).isTrue();
        client.send(ACK, bytes("abcd"));
        client.next -= 4;
        client.send(ACK, bytes("abcd"));
        client.next -= 2;
        client.send(ACK, bytes("cdef"));
        client.next -= 6;
        client.send(ACK, bytes("ab"));
        client.next += 4;
        // One that is ahead of what is expected is not taken; its sender hears what is.
        client.next += 3;
        client.send(ACK, bytes("XYZ"));
        client.next -= 6;
        guest.received.clear();
        client.send(FIN | ACK, bytes("gh"));
        assertThat(client.step()).isTrue();
        assertThat(client.acknowledged).isEqualTo(client.next);
        assertThat(up.join()).isEqualTo(bytes("abcdefgh"));
    }

    @Test
    void aSynThatIsRepeatedIsAnsweredAgainWithTheSameNumber() {
        byte[] syn = client.frame(SYN, 20, new byte[0]);
        client.next++;
        guest.send(syn);
        Segment first = Objects.requireNonNull(client.receive());
        guest.send(syn);
        assertThat(guest.received).hasSize(1);
        Segment second = Objects.requireNonNull(client.receive());
        assertThat(second).usingRecursiveComparison().isEqualTo(first);
        client.expected = first.sequence() + 1;
        client.send(ACK);
        guest.send(syn);
        // Who repeats it now hears where the connection stands (RFC 5961, 4.2).
        Segment challenge = Objects.requireNonNull(client.receive());
        assertThat(challenge.flags()).isEqualTo(ACK);
        assertThat(challenge.acknowledgement()).isEqualTo(client.next);
    }

    @Test
    void aKeepAliveIsAnswered() {
        assertThat(client.connect()).isTrue();
        client.next--;
        client.send(ACK);
        client.next++;
        assertThat(guest.received).hasSize(1);
        assertThat(Objects.requireNonNull(client.receive()).acknowledgement()).isEqualTo(client.next);
        client.send(ACK);
        assertThat(guest.received).as("answers to an acknowledgement").isEmpty();
    }

    @Test
    void aSegmentOfNoConnectionIsReset() {
        client.expected = 0x1234;
        client.send(ACK, bytes("x"));
        assertThat(client.receive()).usingRecursiveComparison().isEqualTo(new Segment(0x1234, 0, RST, 0, new byte[0]));
        client.send(FIN, bytes("yz"));
        Segment reset = Objects.requireNonNull(client.receive());
        assertThat(reset.flags()).isEqualTo(RST | ACK);
        assertThat(reset.acknowledgement()).isEqualTo(client.next);
        client.send(RST);
        assertThat(guest.received).isEmpty();
    }

    @Test
    void aGuestWithoutBuffersGetsItsDataWhenItHasSome() {
        byte[] data = random(200_000);
        serve(socket -> {
            socket.getOutputStream().write(data);
            return data;
        });
        client.window = 0;
        assertThat(client.connect()).isTrue();
        guest.buffers(0);
        for (int i = 0; i < 100; i++) {
            guest.pass();
        }
        client.window = 0xffff;
        client.send(ACK);
        assertThat(guest.received).isEmpty();
        // All that the window allows comes without another look at the clock, though the link keeps less.
        guest.buffers(1_000);
        assertThat(guest.received).hasSizeGreaterThanOrEqualTo(66);
        for (int i = 0; i < 50 && !client.finished; i++) {
            guest.buffers(0);
            guest.pass();
            guest.buffers(10);
            while (!guest.received.isEmpty()) {
                assertThat(client.step()).isTrue();
            }
        }
        guest.buffers(Integer.MAX_VALUE);
        while (!client.finished) {
            assertThat(client.step()).isTrue();
        }
        assertThat(client.stream.toByteArray()).isEqualTo(data);
    }

    @Test
    void sixtyFourConnectionsAreEnough() throws IOException {
        for (int i = 0; i < TcpForwarder.MOST_CONNECTIONS + 3; i++) {
            byte[] syn = client.frame(SYN, 20, new byte[0]);
            guest.send(withSourcePort(syn, 1000 + i));
        }
        guest.await(() -> guest.received.size() == TcpForwarder.MOST_CONNECTIONS + 3);
        long refused =
                guest.received.stream().filter(frame -> (frame[47] & RST) != 0).count();
        assertThat(refused).isEqualTo(3);
    }

    private static byte[] withSourcePort(byte[] frame, int port) {
        byte[] segment = Arrays.copyOfRange(frame, 34, frame.length);
        ByteBuffer bytes = ByteBuffer.wrap(segment).putShort(0, (short) port).putShort(16, (short) 0);
        bytes.putShort(16, (short) TestGuest.transportChecksum(TestGuest.ADDRESS, TestGuest.GATEWAY, 6, segment));
        return TestGuest.ipv4(TestGuest.ADDRESS, TestGuest.GATEWAY, 6, segment);
    }
}
