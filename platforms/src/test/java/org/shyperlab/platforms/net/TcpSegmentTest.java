package org.shyperlab.platforms.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.platforms.net.TestGuest.*;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpSegmentTest {
    private static boolean parse(TcpSegment segment, int headerWords, byte[] options) {
        byte[] bytes = ByteBuffer.allocate(20 + options.length)
                .putInt(40_000 << 16 | 80)
                .putLong(0x0102_0304_0506_0708L)
                .putShort((short) (headerWords << 12 | TcpSegment.SYN))
                .putShort((short) 0xfffe)
                .position(20)
                .put(options)
                .array();
        ByteBuffer.wrap(bytes).putShort(16, (short) transportChecksum(ADDRESS, GATEWAY, 6, bytes));
        byte[] frame = ipv4(ADDRESS, GATEWAY, 6, bytes);
        Ipv4Packet packet = new Ipv4Packet();
        assertThat(packet.parse(frame, 0, frame.length)).isTrue();
        return segment.parse(packet);
    }

    @ParameterizedTest
    @CsvSource({
        "020405b4, 1460", // alone
        "01010303 070101020403e8ff, 1000", // behind others
        "00020405 b4000000, 536", // behind the end of options
        "01010204, 536", // cut off by the header's end
        "01010102, 536", // cut off before its length
        "02000000, 536", // of no length
        "02030000, 536", // of a wrong length
        "01010101, 536", // none
    })
    void theLargestSegmentIsFoundWhereverItIs(String options, int largest) {
        byte[] bytes = HexFormat.of().parseHex(options.replace(" ", ""));
        TcpSegment segment = new TcpSegment();
        assertThat(parse(segment, 5 + bytes.length / 4, bytes)).isTrue();
        assertThat(segment.largest()).isEqualTo(largest);
        assertThat(segment.span()).isEqualTo(1);
        assertThat(segment.sequence()).isEqualTo(0x0102_0304);
        assertThat(segment.acknowledgement()).isEqualTo(0x0506_0708);
        assertThat(segment.window()).isEqualTo(0xfffe);
    }

    @ParameterizedTest
    @CsvSource({"4", "0", "7", "15"})
    void aHeaderOfAWrongLengthIsNoSegment(int words) {
        assertThat(parse(new TcpSegment(), words, new byte[4])).isFalse();
    }
}
