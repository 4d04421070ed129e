package org.shyperlab.platforms.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.platforms.net.TcpClient.*;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection on which a guest sends everything that RFC 9293, 3.10.7 says is not to be taken, between what is. */
@Timeout(120)
class BadSegmentsTest {
    private static final int ROUNDS = 3000;
    private static final byte WRONG = -1;

    /** What the stream has at this place. */
    private static byte right(int at) {
        return (byte) (at * 7 % 251);
    }

    private static byte[] right(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = right(from + i);
        }
        return bytes;
    }

    private static byte[] wrong(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, WRONG);
        return bytes;
    }

    /** A guest under way: how much of the stream it has sent. */
    private static final class Sender {
        private final TestGuest guest;
        private final TcpClient client;
        private final Random random;
        private int sent;

        Sender(TestGuest guest, TcpClient client, Random random) {
            this.guest = guest;
            this.client = client;
            this.random = random;
        }

        /** A segment whose numbers are off by so much; the client's own stay. */
        private byte[] off(int sequence, int acknowledgement, int flags, byte[] data) {
            client.next += sequence;
            client.expected += acknowledgement;
            client.window = random.nextInt(3) == 0 ? 0 : 0xffff;
            byte[] frame = client.frame(flags, 20, data);
            client.next -= sequence;
            client.expected -= acknowledgement;
            return frame;
        }

        private void good() {
            int length = random.nextInt(16);
            client.window = 0xffff;
            client.send(ACK, right(sent, length));
            sent += length;
        }

        /** Old bytes, which may say anything, and fresh ones. */
        private void overlap() {
            int old = Math.min(sent, random.nextInt(20));
            int fresh = random.nextInt(16);
            byte[] data = wrong(old + fresh);
            System.arraycopy(right(sent, fresh), 0, data, old, fresh);
            guest.send(off(-old, 0, ACK, data));
            client.next += fresh;
            sent += fresh;
        }

        private void broken() {
            byte[] frame = off(0, 0, ACK, wrong(8));
            switch (random.nextInt(3)) {
                case 0 -> frame[50] ^= 1; // the checksum
                case 1 -> frame[46] = (byte) (random.nextInt(5) << 4); // a header of less than 20 bytes
                default -> frame[46] = (byte) 0xf0; // a header beyond the segment's end
            }
            guest.send(frame);
        }

        void round() {
            int away = 1 + random.nextInt(random.nextBoolean() ? 40 : 1 << 30);
            switch (random.nextInt(10)) {
                case 0 -> guest.send(off(random.nextBoolean() ? away : -away, 0, RST | ACK, wrong(0)));
                case 1 -> guest.send(off(random.nextInt(), 0, SYN | random.nextInt(2) * ACK, wrong(4)));
                case 2 -> guest.send(off(0, away, ACK, wrong(4))); // acknowledges what was never sent
                case 3 -> guest.send(off(away, 0, ACK | random.nextInt(2) * FIN, wrong(4)));
                case 4 -> guest.send(off(-away, 0, ACK, wrong(Math.min(away, 30))));
                case 5 -> guest.send(off(0, 0, random.nextInt(2) * FIN, wrong(4))); // without ACK
                case 6 -> overlap();
                case 7 -> broken();
                default -> good();
            }
            guest.received.clear();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsWrongIsNotTakenAndTheConnectionGoesOn(long seed) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
                TestGuest guest = new TestGuest()) {
            CompletableFuture<byte[]> arrived = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept()) {
                    arrived.complete(socket.getInputStream().readAllBytes());
                } catch (IOException error) {
                    arrived.completeExceptionally(error);
                }
            });
            TcpClient client = new TcpClient(guest, listener.getLocalPort());
            assertThat(client.connect()).isTrue();
            Sender sender = new Sender(guest, client, new Random(seed));
            for (int i = 0; i < ROUNDS; i++) {
                sender.round();
            }
            client.window = 0xffff;
            client.send(ACK | FIN);
            while (!client.finished) {
                assertThat(client.step()).isTrue();
                assertThat(client.wasReset).isFalse();
            }
            byte[] all = arrived.orTimeout(60, TimeUnit.SECONDS).join();
            assertThat(all).isEqualTo(right(0, sender.sent));
            assertThat(guest.await(() -> !guest.isPolled()))
                    .as("nothing is left")
                    .isTrue();
        }
    }
}
