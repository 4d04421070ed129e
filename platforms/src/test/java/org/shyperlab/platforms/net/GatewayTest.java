package org.shyperlab.platforms.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.platforms.net.TestGuest.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway answers by itself: ARP, pings, DHCP. */
class GatewayTest {
    private static final long EVERYBODY = 0xffff_ffff_ffffL;
    private static final HexFormat HEX = HexFormat.of();

    private final TestGuest guest = new TestGuest();

    GatewayTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        assertThat(guest.isPolled()).as("sockets are looked at").isFalse();
        guest.close();
    }

    private static byte[] bytes(String hex) {
        return HEX.parseHex(hex.replace(" ", ""));
    }

    private static byte[] arp(int operation, String target) {
        return ethernet(
                EVERYBODY,
                0x0806,
                bytes("0001 0800 0604 000" + operation + "7456aa000001 0a00020f 000000000000" + target));
    }

    private static byte[] payload(byte[] frame) {
        return Arrays.copyOfRange(frame, 34, frame.length);
    }

    @Test
    void itSaysWhichStationItIs() {
        guest.send(arp(1, "0a000202"));
        assertThat(guest.received)
                .containsExactly(bytes("7456aa000001 025368790002 0806"
                        + "0001 0800 0604 0002 025368790002 0a000202 7456aa000001 0a00020f"));
    }

    @Test
    void itAnswersNoArpForOthersAndNoReplies() {
        guest.send(arp(1, "0a000203"));
        guest.send(arp(2, "0a000202"));
        guest.send(Arrays.copyOf(arp(1, "0a000202"), 41));
        assertThat(guest.received).isEmpty();
        assertThat(guest.uplink.ignored()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 64, 65, 1480})
    void itAnswersPings(int length) {
        byte[] request = ping(GATEWAY, length);
        guest.send(request);
        byte[] reply = guest.received.remove();
        assertThat(reply).hasSameSizeAs(request);
        assertThat(ByteBuffer.wrap(reply).getInt(26)).isEqualTo(GATEWAY);
        assertThat(ByteBuffer.wrap(reply).getInt(30)).isEqualTo(ADDRESS);
        assertThat(checksum(Arrays.copyOfRange(reply, 14, 34))).isZero();
        byte[] echo = payload(reply);
        assertThat(checksum(echo)).isZero();
        assertThat(echo[0]).isZero();
        assertThat(Arrays.copyOfRange(echo, 4, length)).isEqualTo(Arrays.copyOfRange(payload(request), 4, length));
    }

    @Test
    void itAnswersNothingThatIsBrokenOrForOthers() {
        byte[] broken = ping(GATEWAY, 64);
        broken[50] ^= 1;
        guest.send(broken);
        guest.send(ping(0x0808_0808, 64));
        guest.send(ping(0x7f00_0001, 64));
        guest.send(ping(GATEWAY + 1, 64));
        byte[] fromElsewhere = ipv4(0x0a00_0302, GATEWAY, 1, payload(ping(GATEWAY, 64)));
        guest.send(fromElsewhere);
        byte[] otherStation = ping(GATEWAY, 64);
        otherStation[5] ^= 1;
        guest.send(otherStation);
        assertThat(guest.received).isEmpty();
        assertThat(guest.uplink.ignored()).isEqualTo(6);
    }

    /** A DHCP message of a client (RFC 2131, 2), options in hex. */
    private static byte[] dhcp(String flags, String current, String station, String options) {
        byte[] message = ByteBuffer.allocate(300)
                .put(bytes("01010600 cafe0001 0003" + flags + current + "00000000 00000000 00000000" + station))
                .position(236)
                .put(bytes("63825363" + options))
                .array();
        return udp(0, -1, 68, 67, message);
    }

    /** The options of an answer, after checks of everything that comes before. */
    private String answer(long toStation, int toAddress, String given) {
        byte[] frame = guest.received.remove();
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        assertThat(bytes.getLong(0) >>> 16).isEqualTo(toStation);
        assertThat(bytes.getInt(26)).isEqualTo(GATEWAY);
        assertThat(bytes.getInt(30)).isEqualTo(toAddress);
        assertThat(transportChecksum(GATEWAY, toAddress, 17, payload(frame))).isZero();
        assertThat(bytes.getInt(34)).as("ports").isEqualTo(67 << 16 | 68);
        assertThat(HEX.formatHex(frame, 42, 50)).isEqualTo("02010600" + "cafe0001");
        assertThat(HEX.formatHex(frame, 58, 62)).as("your address").isEqualTo(given);
        assertThat(HEX.formatHex(frame, 278, 282)).isEqualTo("63825363");
        String options = HEX.formatHex(frame, 282, frame.length);
        return options.replaceFirst("ff(00)*$", "ff");
    }

    private static final String MAC = "7456aa000001";
    private static final String LEASE = "3604 0a000202 3304 00015180 0104 ffffff00 0304 0a000202 ff".replace(" ", "");

    @Test
    void itGivesTheFirstStationTheUsualAddress() {
        guest.send(dhcp("0000", "00000000", MAC, "350101 ff"));
        assertThat(answer(STATION, ADDRESS, "0a00020f")).isEqualTo("350102" + LEASE);
        guest.send(dhcp("0000", "00000000", MAC, "350103 3204 0a00020f 3604 0a000202 ff"));
        assertThat(answer(STATION, ADDRESS, "0a00020f")).isEqualTo("350105" + LEASE);
    }

    @Test
    void aClientThatCannotBeReachedYetIsAnsweredByBroadcast() {
        guest.send(dhcp("8000", "00000000", MAC, "00 350101 ff"));
        assertThat(answer(EVERYBODY, -1, "0a00020f")).isEqualTo("350102" + LEASE);
    }

    @Test
    void aLeaseIsRenewedForItsHolderAndNobodyElse() {
        guest.send(dhcp("0000", "00000000", MAC, "350101 ff"));
        guest.send(dhcp("0000", "00000000", "7456aa000002", "350101 ff"));
        answer(STATION, ADDRESS, "0a00020f");
        answer(0x7456_aa00_0002L, ADDRESS + 1, "0a000210");
        guest.send(dhcp("0000", "0a00020f", MAC, "350103 ff"));
        assertThat(answer(STATION, ADDRESS, "0a00020f")).isEqualTo("350105" + LEASE);
        guest.send(dhcp("0000", "0a00020f", "7456aa000002", "350103 ff"));
        assertThat(answer(EVERYBODY, -1, "00000000")).isEqualTo("350106" + "36040a000202" + "ff");
    }

    @Test
    void sixteenStationsGetAddresses() {
        for (int station = 0; station < 20; station++) {
            guest.send(dhcp("0000", "00000000", "7456aa0001%02x".formatted(station), "350101 ff"));
        }
        assertThat(guest.received).hasSize(16);
        assertThat(guest.uplink.ignored()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "350103 3604 0a000203 ff", // another server was chosen
                "350104 ff", // declined
                "350107 ff", // released
                "ff", // BOOTP
                "35", // cut off
                "3580 01", // goes beyond the message
            })
    void messagesThatGetNoAnswerAreIgnored(String options) {
        byte[] frame = dhcp("0000", "00000000", MAC, options);
        int cut = options.startsWith("35 ") || options.equals("35") ? 59 : 0;
        byte[] message = Arrays.copyOfRange(frame, 42, frame.length - cut);
        guest.send(udp(0, -1, 68, 67, message));
        assertThat(guest.received).isEmpty();
        assertThat(guest.uplink.ignored()).isEqualTo(1);
    }

    @Test
    void answersWaitForAGuestWithoutBuffersAndTheSurplusIsCounted() {
        guest.buffers(0);
        for (int i = 0; i < 70; i++) {
            guest.send(ping(GATEWAY, 64));
        }
        assertThat(guest.uplink.lost()).isEqualTo(6);
        guest.buffers(100);
        assertThat(guest.received).hasSize(64);
    }

    @Test
    void answersKeepTheirOrderWhileTheGuestIsSlowToSayThatItHasRoom() {
        guest.buffers(0);
        guest.send(ping(GATEWAY, 64));
        guest.buffersUntold(10);
        guest.send(ping(GATEWAY, 65));
        assertThat(guest.received).isEmpty();
        guest.buffers(10);
        assertThat(guest.received).extracting(frame -> frame.length).containsExactly(98, 99);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x2000, 0x0001, 0x3fff})
    void fragmentsAreIgnored(int fragment) {
        byte[] frame = ping(GATEWAY, 64);
        ByteBuffer bytes = ByteBuffer.wrap(frame).putShort(20, (short) fragment).putShort(24, (short) 0);
        bytes.putShort(24, (short) checksum(Arrays.copyOfRange(frame, 14, 34)));
        guest.send(frame);
        assertThat(guest.received).isEmpty();
        assertThat(guest.uplink.ignored()).isEqualTo(1);
    }

    /** Every parser on random and nearly correct input. */
    @Test
    void noFrameMakesItThrow() {
        Random random = new Random(20261120);
        byte[][] seeds = {
            arp(1, "0a000202"),
            ping(GATEWAY, 64),
            dhcp("0000", "00000000", MAC, "350101 3204 0a00020f ff"),
            new TcpClient(guest, 1).frame(TcpClient.ACK, 20, new byte[30]),
        };
        int answers = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] frame = seeds[random.nextInt(seeds.length)].clone();
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            if (random.nextInt(4) == 0) {
                frame = Arrays.copyOf(frame, random.nextInt(frame.length + 20));
            }
            if (random.nextBoolean()) {
                repair(frame);
            }
            guest.send(frame);
            answers += guest.received.size();
            guest.received.clear();
        }
        assertThat(answers).isBetween(20_000, 90_000);
        assertThat(guest.uplink.ignored()).isGreaterThan(10_000);
    }

    /** Makes the checksums right again, so that what is behind them is reached. */
    private static void repair(byte[] frame) {
        if (frame.length < 60 || frame[12] != 8 || frame[13] != 0) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int header = 14 + (frame[14] & 0xf) * 4;
        int end = Math.clamp(14 + (bytes.getShort(16) & 0xffff), 0, frame.length);
        int at = switch (frame[23]) {
            case 1 -> 2;
            case 17 -> 6;
            default -> 16;
        };
        if (header >= 34 && header + at + 2 <= end) {
            bytes.putShort(24, (short) 0);
            bytes.putShort(24, (short) checksum(Arrays.copyOfRange(frame, 14, header)));
            bytes.putShort(header + at, (short) 0);
            byte[] segment = Arrays.copyOfRange(frame, header, end);
            int sum = frame[23] == 1
                    ? checksum(segment)
                    : transportChecksum(bytes.getInt(26), bytes.getInt(30), frame[23], segment);
            bytes.putShort(header + at, (short) sum);
        }
    }
}
