package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.device.virtio.DriverRing.Piece;
import org.shyperlab.emulator.device.virtio.DriverRing.Used;

class VirtioNetTest {
    private static final byte[] OWN = {0x02, 0x53, 0, 0, 0, 1};
    private static final byte[] OTHER = {0x02, 0x53, 0, 0, 0, 2};
    private static final byte[] GROUP = {0x01, 0, 0x5e, 0, 0, 9};
    private static final byte[] ALL = {-1, -1, -1, -1, -1, -1};

    /** A partner that keeps what it accepts while it has room. */
    private static final class Partner implements FrameSink {
        final List<byte[]> frames = new ArrayList<>();
        int room = Integer.MAX_VALUE;
        int refused;
        Runnable callback = () -> {};

        @Override
        public boolean offer(byte[] buffer, int offset, int length) {
            if (room == 0) {
                refused++;
                return false;
            }
            room--;
            frames.add(Arrays.copyOfRange(buffer, offset, offset + length));
            return true;
        }

        @Override
        public void onRoom(Runnable runnable) {
            callback = runnable;
        }
    }

    private final Partner partner = new Partner();
    private final VirtioNet net = new VirtioNet("net0", OWN, partner);
    private final ReferenceDriver driver = new ReferenceDriver(net);
    private final DriverMemory memory = driver.memory;
    private final DriverRing[] rings = driver.start(0, 16, 3);
    private int told;

    VirtioNetTest() {
        net.onRoom(() -> told++);
    }

    private static byte[] frame(byte[] destination, int length) {
        byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) {
            frame[i] = (byte) (i * 3);
        }
        System.arraycopy(destination, 0, frame, 0, 6);
        return frame;
    }

    private int transmit(byte[] frame) {
        long header = memory.put(new byte[12]);
        long bytes = memory.put(frame);
        int head = rings[1].add(Piece.read(header, 12), Piece.read(bytes, frame.length));
        rings[1].kick();
        return head;
    }

    private long offerBuffer(int bytes) {
        long buffer = memory.allocate(bytes, 1);
        rings[0].add(Piece.write(buffer, bytes));
        rings[0].kick();
        return buffer;
    }

    private int control(int commandClass, int command, byte[] data) {
        byte[] whole = new byte[2 + data.length];
        whole[0] = (byte) commandClass;
        whole[1] = (byte) command;
        System.arraycopy(data, 0, whole, 2, data.length);
        long acknowledgement = memory.put(new byte[] {9});
        rings[2].add(Piece.read(memory.put(whole), whole.length), Piece.write(acknowledgement, 1));
        rings[2].kick();
        assertThat(rings[2].poll()).isNotNull();
        return memory.get(acknowledgement, 1)[0];
    }

    private boolean arrives(byte[] destination) {
        assertThat(net.offer(frame(destination, 60), 0, 60)).isTrue();
        return rings[0].poll() != null;
    }

    @Test
    void tellsItsAddressLinkAndLargestPayload() {
        for (int i = 0; i < 6; i++) {
            assertThat((byte) driver.device.read(0, 0x100 + i, 1)).isEqualTo(OWN[i]);
        }
        assertThat(driver.device.read(0, 0x106, 2)).isEqualTo(1);
        assertThat(driver.device.read(0, 0x10a, 2)).isEqualTo(1500);
        assertThatThrownBy(() -> new VirtioNet("n", new byte[5], partner)).hasMessageContaining("6 bytes, not 5");
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 60, 61, 1514, 1518})
    void aFrameGoesOutAsItIs(int length) {
        int head = transmit(frame(OTHER, length));
        assertThat(partner.frames).singleElement().isEqualTo(frame(OTHER, length));
        assertThat(rings[1].poll()).isEqualTo(new Used(head, 0));
        assertThat(driver.takeInterrupt()).isEqualTo(1);
    }

    @Test
    void headerAndFrameInOnePieceAreTheSame() {
        byte[] whole = new byte[12 + 60];
        System.arraycopy(frame(OTHER, 60), 0, whole, 12, 60);
        rings[1].add(Piece.read(memory.put(whole), 72));
        rings[1].kick();
        assertThat(partner.frames).singleElement().isEqualTo(frame(OTHER, 60));
    }

    /** It is for the other end to say what is wrong: a switch has counters and reports. */
    @ParameterizedTest
    @CsvSource({"0, 0", "13, 13", "1519, 1519", "9000, 1519"})
    void whatIsTooShortOrTooLongForAFrameIsOfferedAsSuch(int length, int offered) {
        int head = transmit(new byte[length]);
        assertThat(partner.frames).singleElement().isEqualTo(new byte[offered]);
        assertThat(rings[1].poll()).isEqualTo(new Used(head, 0));
    }

    @Test
    void anEmptyFrameThatIsRefusedWaitsAsAnyOther() {
        partner.room = 0;
        int head = transmit(new byte[0]);
        assertThat(rings[1].poll()).isNull();
        partner.room = 1;
        partner.callback.run();
        assertThat(rings[1].poll()).isEqualTo(new Used(head, 0));
    }

    @Test
    void aBufferWithoutAWholeHeaderBreaksTheRing() {
        rings[1].add(Piece.read(memory.put(new byte[11]), 11));
        rings[1].kick();
        driver.expectBroken("ring 1: the buffer at descriptor 0 has 11 bytes to read, and begins with a header of 12");
        assertThat(partner.frames).isEmpty();
    }

    @Test
    void theHeaderMayBeCutIntoAnyPieces() {
        long header = memory.put(new byte[12]);
        long bytes = memory.put(frame(OTHER, 60));
        rings[1].add(
                Piece.read(header, 1),
                Piece.read(header, 0),
                Piece.read(header + 1, 10),
                Piece.read(header + 11, 1),
                Piece.read(bytes, 7),
                Piece.read(bytes + 7, 53));
        rings[1].kick();
        assertThat(partner.frames).singleElement().isEqualTo(frame(OTHER, 60));
    }

    @Test
    void anArrivingFrameThatIsLongerThanTheMtuAllowsIsNotPassed() {
        offerBuffer(4096);
        assertThat(net.offer(new byte[1519], 0, 1519)).isTrue();
        assertThat(rings[0].poll()).isNull();
        assertThat(net.offer(frame(OWN, 1518), 0, 1518)).isTrue();
        assertThat(rings[0].poll()).isEqualTo(new Used(0, 1530));
    }

    @Test
    void aRefusedFrameStaysInTheRingAndGoesInOrderWhenThereIsRoom() {
        partner.room = 1;
        int first = transmit(frame(OTHER, 60));
        int second = transmit(frame(OTHER, 61));
        int third = transmit(frame(OTHER, 62));
        assertThat(rings[1].poll()).isEqualTo(new Used(first, 0));
        assertThat(rings[1].poll()).isNull();
        assertThat(partner.refused).as("not offered again before there is room").isEqualTo(1);
        partner.room = 5;
        partner.callback.run();
        assertThat(rings[1].poll()).isEqualTo(new Used(second, 0));
        assertThat(rings[1].poll()).isEqualTo(new Used(third, 0));
        assertThat(partner.frames).extracting(frame -> frame.length).containsExactly(60, 61, 62);
    }

    @Test
    void aFrameArrivesBehindAHeader() {
        long buffer = offerBuffer(1530);
        byte[] frame = frame(OWN, 100);
        byte[] inside = new byte[110];
        System.arraycopy(frame, 0, inside, 5, 100);
        assertThat(net.offer(inside, 5, 100)).isTrue();
        assertThat(rings[0].poll()).isEqualTo(new Used(0, 112));
        byte[] arrived = memory.get(buffer, 112);
        assertThat(Arrays.copyOf(arrived, 12)).isEqualTo(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0});
        assertThat(Arrays.copyOfRange(arrived, 12, 112)).isEqualTo(frame);
        assertThat(driver.takeInterrupt()).isEqualTo(1);
    }

    @Test
    void withoutABufferItRefusesAndTellsOnceWhenThereIsOne() {
        assertThat(net.offer(frame(OWN, 60), 0, 60)).isFalse();
        assertThat(net.offer(frame(OWN, 60), 0, 60)).isFalse();
        assertThat(told).isZero();
        offerBuffer(1530);
        assertThat(told).isEqualTo(1);
        assertThat(arrives(OWN)).isTrue();
        offerBuffer(1530);
        assertThat(told).isEqualTo(1);
    }

    @Test
    void aBufferThatIsTooSmallComesBackEmpty() {
        offerBuffer(50);
        assertThat(net.offer(frame(OWN, 60), 0, 60)).isTrue();
        assertThat(rings[0].poll()).isEqualTo(new Used(0, 0));
    }

    @Test
    void withoutADriverItSwallowsWhatArrives() {
        driver.device.reset();
        assertThat(net.offer(frame(OWN, 60), 0, 60)).isTrue();
        assertThat(told).isZero();
    }

    @Test
    void aGiverThatWaitedHearsOfAReset() {
        assertThat(net.offer(frame(OWN, 60), 0, 60)).isFalse();
        driver.device.reset();
        assertThat(told).isEqualTo(1);
        assertThat(net.offer(frame(OWN, 60), 0, 60)).isTrue();
    }

    @Test
    void aFrameThatWaitedIsGoneAfterAReset() {
        partner.room = 0;
        transmit(frame(OTHER, 60));
        driver.device.reset();
        partner.room = 5;
        partner.callback.run();
        assertThat(partner.frames).isEmpty();
    }

    @Test
    void theLinkGoesDownAndUp() {
        net.link(false);
        assertThat(driver.takeInterrupt()).isEqualTo(2);
        assertThat(driver.device.read(0, 0x106, 2)).isZero();
        assertThat(driver.read(0xfc)).isEqualTo(1);
        transmit(frame(OTHER, 60));
        assertThat(net.offer(frame(OWN, 60), 0, 60)).isTrue();
        assertThat(partner.frames).isEmpty();
        net.link(true);
        transmit(frame(OTHER, 60));
        assertThat(partner.frames).hasSize(1);
    }

    @Test
    void whatTheDriverDoesNotWantIsFiltered() {
        for (int i = 0; i < 12; i++) {
            offerBuffer(200);
        }
        assertThat(arrives(OTHER)).as("all, until the driver says anything").isTrue();
        assertThat(control(0, 0, new byte[] {0})).isZero();
        assertThat(arrives(OTHER)).isFalse();
        assertThat(arrives(GROUP)).isFalse();
        assertThat(arrives(OWN)).isTrue();
        assertThat(arrives(ALL)).isTrue();
        assertThat(control(0, 1, new byte[] {1})).isZero();
        assertThat(arrives(GROUP)).isTrue();
        assertThat(control(0, 1, new byte[] {0})).isZero();
        assertThat(control(1, 1, OTHER)).isZero();
        assertThat(arrives(OTHER)).isTrue();
        assertThat(arrives(OWN)).isFalse();
        byte[] tables = new byte[20];
        tables[0] = 1;
        System.arraycopy(OWN, 0, tables, 4, 6);
        tables[10] = 1;
        System.arraycopy(GROUP, 0, tables, 14, 6);
        assertThat(control(1, 0, tables)).isZero();
        assertThat(arrives(OWN)).isTrue();
        assertThat(arrives(GROUP)).isTrue();
        assertThat(control(1, 0, new byte[8])).isZero();
        assertThat(arrives(GROUP)).isFalse();
        assertThat(driver.errors.texts()).isEmpty();
    }

    @Test
    void commandsThatItDoesNotKnowOrThatAreTooShortAreRefused() {
        assertThat(control(2, 0, new byte[2])).isEqualTo(1);
        assertThat(control(0, 0, new byte[0])).isEqualTo(1);
        assertThat(control(0, 1, new byte[0])).isEqualTo(1);
        assertThat(control(1, 1, new byte[5])).isEqualTo(1);
        assertThat(control(1, 0, new byte[3])).isEqualTo(1);
        assertThat(control(1, 0, new byte[] {-1, -1, -1, -1, 0, 0, 0, 0})).isEqualTo(1);
        assertThat(control(1, 0, new byte[] {-1, -1, -1, 0x7f, 0, 0, 0, 0})).isEqualTo(1);
    }

    @Test
    void moreAddressesThanTheFilterHoldsMeanAllFrames() {
        offerBuffer(200);
        assertThat(control(0, 0, new byte[] {0})).isZero();
        byte[] many = new byte[8 + 65 * 6];
        many[0] = 65;
        assertThat(control(1, 0, many)).isZero();
        assertThat(arrives(OTHER)).isTrue();
        offerBuffer(200);
        assertThat(control(0, 0, new byte[] {0})).isZero();
        assertThat(arrives(OTHER))
                .as("the mode is off, the tables are too long still")
                .isTrue();
        offerBuffer(200);
        assertThat(control(1, 0, new byte[8])).isZero();
        assertThat(arrives(OTHER)).as("tables that fit").isFalse();
        byte[] tooMany = new byte[8 + 500 * 6];
        tooMany[0] = (byte) 500;
        tooMany[1] = 500 >> 8;
        assertThat(control(1, 0, tooMany)).isZero();
        assertThat(arrives(OTHER)).isTrue();
    }

    @Test
    void aCommandWithoutRoomForItsAnswerBreaksTheRing() {
        rings[2].add(Piece.read(memory.put(new byte[3]), 3));
        rings[2].kick();
        driver.expectBroken("ring 2: the command at descriptor 0 has 3 bytes to read and 0 to write");
    }

    @Test
    void twoDevicesAreEachOthersPartners() {
        FrameSink[] ends = new FrameSink[2];
        VirtioNet left = new VirtioNet("left", OWN, new Cable(ends, 1));
        VirtioNet right = new VirtioNet("right", OTHER, new Cable(ends, 0));
        ends[0] = left;
        ends[1] = right;
        ReferenceDriver leftDriver = new ReferenceDriver(left);
        ReferenceDriver rightDriver = new ReferenceDriver(right);
        DriverRing[] leftRings = leftDriver.start(0, 8, 3);
        DriverRing[] rightRings = rightDriver.start(0, 8, 3);
        left.onRoom(() -> {});
        long header = leftDriver.memory.put(new byte[12]);
        long bytes = leftDriver.memory.put(frame(OTHER, 60));
        long buffer = rightDriver.memory.allocate(1530, 1);
        for (int i = 0; i < 1000; i++) {
            rightRings[0].add(Piece.write(buffer, 1530));
            rightRings[0].kick();
            leftRings[1].add(Piece.read(header, 12), Piece.read(bytes, 60));
            leftRings[1].kick();
            assertThat(leftRings[1].poll()).isNotNull();
            assertThat(rightRings[0].poll()).extracting(Used::written).isEqualTo(72);
        }
    }

    /** One direction of a cable between two devices that are made one after the other. */
    private record Cable(FrameSink[] ends, int to) implements FrameSink {
        @Override
        public boolean offer(byte[] buffer, int offset, int length) {
            return ends[to].offer(buffer, offset, length);
        }

        @Override
        public void onRoom(Runnable callback) {
            // Both ends always have room here.
        }
    }

    @Test
    void theSecondTableMayBeTheOneThatIsTooLong() {
        offerBuffer(200);
        assertThat(control(0, 0, new byte[] {0})).isZero();
        byte[] many = new byte[8 + 65 * 6];
        many[4] = 65;
        assertThat(control(1, 0, many)).isZero();
        assertThat(arrives(GROUP)).isTrue();
        many[4] = 66;
        assertThat(control(1, 0, many)).as("more than there are").isEqualTo(1);
    }

    /** 5.1.6.5.2.1: the device updates mac in the configuration before it consumes the command. */
    @Test
    void theConfigurationShowsTheAddressThatTheDriverSetUntilTheReset() {
        int generation = driver.read(0xfc);
        byte[] mine = {0x02, (byte) 0xfe, (byte) 0x80, 1, (byte) 0xff, 5};
        assertThat(control(1, 1, mine)).isZero();
        for (int i = 0; i < 6; i++) {
            assertThat((byte) driver.device.read(0, 0x100 + i, 1)).isEqualTo(mine[i]);
        }
        assertThat(driver.device.read(0, 0x106, 2)).as("link").isEqualTo(1);
        assertThat(driver.read(0xfc)).isNotEqualTo(generation);
        assertThat(driver.takeInterrupt())
                .as("no configuration change for who made it")
                .isEqualTo(1);
        driver.device.reset();
        assertThat((byte) driver.device.read(0, 0x105, 1)).isEqualTo(OWN[5]);
    }

    @Test
    void aFeatureOfTheControlRingIsNotAcceptedWithoutTheRing() {
        for (long feature : new long[] {1L << 18, 1L << 23}) {
            assertThat(driver.negotiate(ReferenceDriver.VERSION_1 | feature)).isFalse();
            assertThat(driver.errors.texts()).singleElement().asString().contains("without one that they need");
            driver.errors.clear();
            assertThat(driver.negotiate(ReferenceDriver.VERSION_1 | 1L << 17 | feature))
                    .isTrue();
        }
    }

    @Test
    void theControlRingIsOnlyThereWhenItWasNegotiated() {
        driver.negotiate(ReferenceDriver.VERSION_1);
        driver.write(ReferenceDriver.QUEUE_SEL, 2);
        assertThat(driver.read(0x34)).isZero();
        driver.negotiate(driver.offered());
        driver.write(ReferenceDriver.QUEUE_SEL, 2);
        assertThat(driver.read(0x34)).isEqualTo(256);
    }

    @Test
    void commandsThatWereNotNegotiatedAreRefused() {
        DriverRing[] fresh = driver.start(1L << 18 | 1L << 23, 16, 3);
        rings[2] = fresh[2];
        assertThat(control(0, 0, new byte[] {0})).isEqualTo(1);
        assertThat(control(1, 0, new byte[8])).isEqualTo(1);
        assertThat(control(1, 1, OTHER)).isEqualTo(1);
    }

    @Test
    void aCommandThatIsNotInRamBreaksTheRing() {
        rings[2].add(
                Piece.read(memory.put(new byte[] {1, 0}), 2),
                Piece.read(0x1000, 100),
                Piece.write(memory.put(new byte[1]), 1));
        rings[2].kick();
        driver.expectBroken("piece 1 of the buffer at descriptor 0");
        assertThat(rings[2].poll()).isNull();
    }

    @Test
    void aFrameThatWaitedIsLostAndCountedWhenTheLinkGoesDown() {
        partner.room = 0;
        int head = transmit(frame(OTHER, 60));
        net.link(false);
        assertThat(net.dropped()).isEqualTo(1);
        assertThat(rings[1].poll()).isEqualTo(new Used(head, 0));
    }
}
