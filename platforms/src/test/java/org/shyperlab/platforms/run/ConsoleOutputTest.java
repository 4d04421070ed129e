package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConsoleOutputTest {
    @Test
    void everythingArrivesInOrder() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ConsoleOutput console = new ConsoleOutput(out)) {
            for (int i = 0; i < 100_000; i++) {
                console.put((byte) i);
            }
        }
        byte[] bytes = out.toByteArray();
        assertThat(bytes).hasSize(100_000);
        for (int i = 0; i < bytes.length; i++) {
            assertThat(bytes[i]).isEqualTo((byte) i);
        }
    }

    @Test
    void aByteArrivesWithoutFurtherOnes() throws InterruptedException {
        CountDownLatch arrived = new CountDownLatch(1);
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) {
                arrived.countDown();
            }
        };
        try (ConsoleOutput console = new ConsoleOutput(out)) {
            console.put((byte) 'x');
            assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aReaderThatIsGoneIsToldOnce() {
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        int[] told = {0};
        try (ConsoleOutput console = new ConsoleOutput(out)) {
            console.onFailure(lost -> told[0]++);
            for (int i = 0; i < 100_000; i++) {
                console.put((byte) i);
            }
            console.flush();
            assertThat(console.lost()).extracting(Outcome::exitCode).isEqualTo(Outcome.OUTPUT_CLOSED);
        }
        assertThat(told[0]).isEqualTo(1);
    }

    @Test
    void aFullDiskIsTold() {
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        try (ConsoleOutput console = new ConsoleOutput(out)) {
            console.put((byte) 'x');
            console.flush();
            assertThat(console.lost())
                    .isEqualTo(
                            new Outcome(Outcome.WRONG_INPUT, "the console cannot be written: No space left on device"));
        }
    }
}
