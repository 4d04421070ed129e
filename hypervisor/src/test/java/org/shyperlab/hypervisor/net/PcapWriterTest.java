package org.shyperlab.hypervisor.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapWriterTest {
    /** One record of a file. */
    private record Captured(long nanos, int length, byte[] bytes) {}

    private final TestNetwork test = new TestNetwork();
    private final TestNic one = test.nic(1, 10);
    private final TestNic two = test.nic(2, 10);
    private final List<IOException> failures = new ArrayList<>();

    /** A reader that goes by the format's description alone. */
    private static List<Captured> read(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getInt()).isEqualTo(0xa1b23c4d);
        assertThat(bytes.getShort()).isEqualTo((short) 2);
        assertThat(bytes.getShort()).isEqualTo((short) 4);
        assertThat(bytes.getLong()).isZero();
        int longest = bytes.getInt();
        assertThat(bytes.getInt()).as("link type").isEqualTo(1);
        List<Captured> frames = new ArrayList<>();
        while (bytes.hasRemaining()) {
            long nanos = bytes.getInt() * 1_000_000_000L + bytes.getInt();
            byte[] kept = new byte[bytes.getInt()];
            int length = bytes.getInt();
            assertThat(kept.length).isEqualTo(Math.min(length, longest));
            bytes.get(kept);
            frames.add(new Captured(nanos, length, kept));
        }
        return frames;
    }

    @Test
    void aPortsFramesAreInTheFileWithTheirVirtualTimes(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("net1.pcap");
        byte[] there = Frames.unicast(1, 2, 1);
        byte[] back = Frames.frame(TestNetwork.address(1), TestNetwork.address(2), 0x9999, 1514, 2);
        byte[] dropped = Frames.frame(new MacAddress(0x42), TestNetwork.address(1), 0x9999, 14, 3);
        try (PcapWriter pcap =
                new PcapWriter(new BufferedOutputStream(Files.newOutputStream(file)), test.clock, failures::add)) {
            one.port.capture(pcap);
            test.pass(1_500_000_007L);
            one.send(there);
            test.pass(5_000_000_000_000L);
            two.send(back);
            one.send(dropped);
            one.port.capture(null);
            one.send(there);
            assertThat(pcap.frames()).isEqualTo(3);
        }
        List<Captured> frames = read(Files.readAllBytes(file));
        assertThat(frames)
                .extracting(Captured::nanos)
                .containsExactly(1_500_000_007L, 5_001_500_000_007L, 5_001_500_000_007L);
        assertThat(frames).extracting(Captured::bytes).containsExactly(there, back, dropped);
        assertThat(failures).isEmpty();
    }

    @Test
    void aFrameThatIsLongerThanEthernetAllowsIsCutAndItsLengthKept() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PcapWriter pcap = new PcapWriter(out, test.clock, failures::add);
        one.port.capture(pcap);
        one.send(Frames.frame(TestNetwork.address(2), TestNetwork.address(1), 0x9999, 9000, 0));
        one.send(new byte[0]);
        assertThat(read(out.toByteArray())).extracting(Captured::length).containsExactly(9000, 0);
    }

    @Test
    void anErrorOfTheHostIsToldOnceAndTheNetworkGoesOn() {
        OutputStream full = new OutputStream() {
            private int left = 200;

            @Override
            public void write(int value) throws IOException {
                if (left-- == 0) {
                    throw new IOException("No space left on device");
                }
            }
        };
        PcapWriter pcap = new PcapWriter(full, test.clock, failures::add);
        one.port.capture(pcap);
        for (int i = 0; i < 10; i++) {
            one.send(Frames.unicast(1, 2, i));
        }
        pcap.flush();
        assertThat(two.received).hasSize(10);
        assertThat(failures).hasSize(1);
        assertThat(failures.getFirst()).hasMessage("No space left on device").isSameAs(pcap.failure());
        assertThat(pcap.frames()).isEqualTo(2);
    }

    @Test
    void aFileThatCannotEvenBeBegunIsToldToo() {
        new PcapWriter(failing(), test.clock, failures::add);
        assertThat(failures).hasSize(1);
    }

    @Test
    void whatTheHostRefusesAtTheEndIsTold() {
        PcapWriter pcap = new PcapWriter(new BufferedOutputStream(failing()), test.clock, failures::add);
        one.port.capture(pcap);
        one.send(Frames.unicast(1, 2, 0));
        assertThat(failures).isEmpty();
        pcap.close();
        assertThat(failures).hasSize(1);
    }

    private static OutputStream failing() {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("Input/output error");
            }
        };
    }
}
