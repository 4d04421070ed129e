package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads capture files, for tests. */
final class Pcap {
    private static final int HEADER = 24;
    private static final int NANOSECONDS = 0xa1b2_3c4d;

    /** A frame and when it passed, in nanoseconds of virtual time. */
    record Frame(long nanos, byte[] bytes) {
        int type() {
            return (bytes[12] & 0xff) << 8 | bytes[13] & 0xff;
        }

        /** ICMP's type, or -1 when it is something else. */
        int icmp() {
            return type() == 0x800 && bytes[23] == 1 ? bytes[34] & 0xff : -1;
        }

        boolean isArp() {
            return type() == 0x806;
        }

        /** Whether it is UDP between these IPv4 ports. */
        boolean isUdp(int from, int to) {
            return type() == 0x800 && bytes[23] == 17 && port(34) == from && port(36) == to;
        }

        private int port(int at) {
            return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
        }
    }

    private Pcap() {}

    /** All frames of a file, which is whole and of nanoseconds. */
    static List<Frame> read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(in.getInt(0)).isEqualTo(NANOSECONDS);
        List<Frame> frames = new ArrayList<>();
        int at = HEADER;
        while (at < in.limit()) {
            long nanos = in.getInt(at) * 1_000_000_000L + in.getInt(at + 4);
            int length = in.getInt(at + 8);
            assertThat(in.getInt(at + 12)).isEqualTo(length);
            frames.add(new Frame(nanos, Arrays.copyOfRange(in.array(), at + 16, at + 16 + length)));
            at += 16 + length;
        }
        assertThat(at).isEqualTo(in.limit());
        return frames;
    }
}
