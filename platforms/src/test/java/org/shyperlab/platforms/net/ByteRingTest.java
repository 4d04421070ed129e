package org.shyperlab.platforms.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteRingTest {
    @Test
    void itAgreesWithAQueueUnderRandomTraffic() throws IOException {
        Random random = new Random(20261120);
        ByteRing ring = new ByteRing(37);
        Deque<Byte> model = new ArrayDeque<>();
        for (int step = 0; step < 20_000; step++) {
            byte[] bytes = new byte[random.nextInt(ring.free() + 1)];
            random.nextBytes(bytes);
            switch (random.nextInt(4)) {
                case 0 -> {
                    ring.put(bytes, 0, bytes.length);
                    addAll(model, bytes);
                }
                case 1 -> {
                    // The channel has more than fits, and says so by not ending.
                    byte[] more = Arrays.copyOf(bytes, ring.free() + 5);
                    addAll(model, Arrays.copyOf(more, ring.free()));
                    assertThat(ring.readFrom(Channels.newChannel(new ByteArrayInputStream(more))))
                            .isTrue();
                }
                case 2 -> {
                    int length = random.nextInt(ring.size() + 1);
                    int skipped = random.nextInt(ring.size() - length + 1);
                    byte[] copy = new byte[length];
                    ring.copy(skipped, copy, 0, length);
                    assertThat(copy).isEqualTo(Arrays.copyOfRange(all(model), skipped, skipped + length));
                    ring.skip(length);
                    for (int i = 0; i < length; i++) {
                        model.remove();
                    }
                }
                default -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    ring.writeTo(Channels.newChannel(out));
                    assertThat(out.toByteArray()).isEqualTo(all(model));
                    model.clear();
                }
            }
            assertThat(ring.size()).isEqualTo(model.size());
            assertThat(ring.isEmpty()).isEqualTo(model.isEmpty());
        }
    }

    @Test
    void theEndOfAChannelIsTold() throws IOException {
        ByteRing ring = new ByteRing(10);
        assertThat(ring.readFrom(Channels.newChannel(new ByteArrayInputStream(new byte[3]))))
                .isFalse();
        assertThat(ring.size()).isEqualTo(3);
    }

    private static void addAll(Deque<Byte> model, byte[] bytes) {
        for (byte b : bytes) {
            model.add(b);
        }
    }

    private static byte[] all(Deque<Byte> model) {
        byte[] bytes = new byte[model.size()];
        int at = 0;
        for (byte b : model) {
            bytes[at++] = b;
        }
        return bytes;
    }
}
