package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.emulator.device.virtio.DriverRing.INDIRECT;
import static org.shyperlab.emulator.device.virtio.DriverRing.NEXT;
import static org.shyperlab.emulator.device.virtio.DriverRing.WRITE;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.device.virtio.DriverRing.Piece;
import org.shyperlab.emulator.device.virtio.DriverRing.Used;

/** Rings, seen through the simplest device: it writes bytes into what it gets. */
class VirtqueueTest {
    private static final long NOT_RAM = 0x10_0000L;
    private static final long BEYOND = DriverMemory.BASE + DriverMemory.BYTES - 4;

    private final ReferenceDriver driver = new ReferenceDriver(new VirtioEntropy("rng", 42));
    private final DriverMemory memory = driver.memory;

    private DriverRing ring(long without, int size) {
        return driver.start(without, size, 1)[0];
    }

    private DriverRing ring() {
        return ring(0, 16);
    }

    private void breaks(DriverRing ring, String rule) {
        driver.write(ReferenceDriver.NOTIFY, 0);
        driver.expectBroken(rule);
        assertThat(ring.poll()).as("nothing is given back").isNull();
        driver.write(ReferenceDriver.NOTIFY, 0);
        assertThat(driver.errors.texts()).as("one report until the reset").isEmpty();
    }

    private long zeros(int bytes) {
        return memory.put(new byte[bytes]);
    }

    @ParameterizedTest
    @CsvSource({"0, 16", "0x20000000, 16", "0x30000000, 16", "0, 1", "0, 256"})
    void buffersComeBackInOrderForManyRoundsOfTheRing(String without, int size) {
        DriverRing ring = ring(Long.decode(without), size);
        long buffer = zeros(8);
        for (int round = 0; round < 70_000; round++) {
            int head = ring.add(Piece.write(buffer, 8));
            ring.kick();
            assertThat(ring.poll()).isEqualTo(new Used(head, 8));
            assertThat(ring.poll()).isNull();
        }
        assertThat(driver.errors.texts()).isEmpty();
    }

    @Test
    void manyBuffersAreTakenAtOneNotificationAndInterruptOnce() {
        DriverRing ring = ring();
        for (int i = 0; i < 16; i++) {
            ring.add(Piece.write(zeros(4), 4));
        }
        ring.kick();
        for (int i = 0; i < 16; i++) {
            assertThat(ring.poll()).isEqualTo(new Used(i, 4));
        }
        assertThat(driver.interrupts).isEqualTo(1);
    }

    @Test
    void aBufferInPiecesIsFilledAsIfItWereOne() {
        DriverRing whole = ring();
        long one = zeros(24);
        whole.add(Piece.write(one, 24));
        whole.kick();
        ReferenceDriver second = new ReferenceDriver(new VirtioEntropy("rng", 42));
        DriverRing cut = second.start(0, 16, 1)[0];
        long other = second.memory.put(new byte[64]);
        cut.add(
                Piece.write(other, 1),
                Piece.write(other + 10, 0),
                Piece.write(other + 20, 15),
                Piece.write(other + 40, 8));
        cut.kick();
        assertThat(cut.poll()).isEqualTo(new Used(0, 24));
        byte[] joined = new byte[24];
        System.arraycopy(second.memory.get(other, 1), 0, joined, 0, 1);
        System.arraycopy(second.memory.get(other + 20, 15), 0, joined, 1, 15);
        System.arraycopy(second.memory.get(other + 40, 8), 0, joined, 16, 8);
        assertThat(joined).isEqualTo(memory.get(one, 24));
    }

    @Test
    void anIndirectTableIsFollowedAlsoAfterDirectDescriptors() {
        DriverRing ring = ring();
        long buffer = zeros(64);
        ring.addIndirect(Piece.write(buffer, 8), Piece.write(buffer + 8, 8));
        long table = memory.allocate(16, 16);
        ring.describe(table, 0, buffer + 40, 8, WRITE, 0);
        ring.describe(ring.descriptors, 5, buffer + 32, 8, NEXT | WRITE, 6);
        // The flag WRITE of a descriptor that points to a table means nothing (2.7.5.3.2).
        ring.describe(ring.descriptors, 6, table, 16, INDIRECT | WRITE, 0);
        ring.offer(5);
        ring.kick();
        assertThat(ring.poll()).isEqualTo(new Used(0, 16));
        assertThat(ring.poll()).isEqualTo(new Used(5, 16));
        assertThat(driver.errors.texts()).isEmpty();
    }

    @Test
    void withoutEventIndicesTheDriverSwitchesInterruptsOff() {
        DriverRing ring = ring(ReferenceDriver.EVENT_INDEX, 16);
        ring.interrupts(false);
        ring.add(Piece.write(zeros(4), 4));
        assertThat(ring.kick()).isTrue();
        assertThat(driver.interrupt).isFalse();
        ring.interrupts(true);
        ring.add(Piece.write(zeros(4), 4));
        ring.kick();
        assertThat(driver.takeInterrupt()).isEqualTo(1);
    }

    @Test
    void withEventIndicesTheInterruptComesAtTheBufferThatTheDriverWaitsFor() {
        DriverRing ring = ring();
        ring.wakeAt(3);
        for (int i = 0; i < 3; i++) {
            ring.add(Piece.write(zeros(4), 4));
            assertThat(ring.kick()).isTrue();
            assertThat(driver.interrupt).as("after buffer %d", i).isFalse();
        }
        ring.add(Piece.write(zeros(4), 4));
        ring.kick();
        assertThat(driver.takeInterrupt()).isEqualTo(1);
        ring.add(Piece.write(zeros(4), 4));
        ring.kick();
        assertThat(driver.interrupt)
                .as("not again before the driver moves its mark")
                .isFalse();
    }

    @Test
    void anEmptyBufferComesBackEmpty() {
        DriverRing ring = ring();
        int head = ring.add(Piece.write(NOT_RAM, 0));
        ring.kick();
        assertThat(ring.poll()).isEqualTo(new Used(head, 0));
    }

    @Test
    void aRingTakenBackForgetsItsBuffers() {
        DriverRing ring = ring();
        ring.add(Piece.write(zeros(4), 4));
        driver.write(ReferenceDriver.QUEUE_SEL, 0);
        driver.write(ReferenceDriver.QUEUE_READY, 0);
        driver.write(ReferenceDriver.NOTIFY, 0);
        assertThat(driver.errors.texts()).singleElement().asString().contains("not ready");
        assertThat(ring.poll()).isNull();
    }

    // ---- rules that a driver can break ----

    @Test
    void aHeadBeyondTheTableBreaksTheRing() {
        DriverRing ring = ring();
        ring.offer(16);
        breaks(ring, "rng: ring 0: descriptor 16 is beyond the table of 16 (Virtio 2.7.5)");
    }

    @Test
    void aNextDescriptorBeyondTheTableBreaksTheRing() {
        DriverRing ring = ring();
        ring.describe(ring.descriptors, 0, zeros(4), 4, NEXT | WRITE, 999);
        ring.offer(0);
        breaks(ring, "descriptor 999 is beyond the table of 16 (Virtio 2.7.5)");
    }

    @Test
    void aLoopBreaksTheRing() {
        DriverRing ring = ring();
        long buffer = zeros(4);
        ring.describe(ring.descriptors, 3, buffer, 4, NEXT | WRITE, 4);
        ring.describe(ring.descriptors, 4, buffer, 4, NEXT | WRITE, 3);
        ring.offer(3);
        breaks(ring, "the chain from descriptor 3 is longer than the ring's 16, or a loop");
    }

    @Test
    void anIndirectChainLongerThanTheRingBreaksIt() {
        DriverRing ring = ring(0, 4);
        Piece[] pieces = new Piece[5];
        Arrays.fill(pieces, Piece.write(zeros(4), 4));
        ring.addIndirect(pieces);
        breaks(ring, "longer than the ring's 4");
    }

    @Test
    void readingAfterWritingBreaksTheRing() {
        DriverRing ring = ring();
        ring.add(Piece.write(zeros(4), 4), Piece.read(zeros(4), 4));
        breaks(ring, "descriptor 1 is for reading and follows one for writing (Virtio 2.7.4.2)");
    }

    @Test
    void anIndirectTableThatWasNotNegotiatedBreaksTheRing() {
        DriverRing ring = ring(ReferenceDriver.INDIRECT, 16);
        ring.addIndirect(Piece.write(zeros(4), 4));
        breaks(ring, "descriptor 0 is indirect, which was not negotiated");
    }

    @Test
    void anIndirectTableInAnIndirectTableBreaksTheRing() {
        DriverRing ring = ring();
        long table = memory.allocate(16, 16);
        ring.describe(table, 0, table, 16, INDIRECT, 0);
        ring.describe(ring.descriptors, 0, table, 16, INDIRECT, 0);
        ring.offer(0);
        breaks(ring, "of an indirect table is indirect itself");
    }

    @Test
    void anIndirectDescriptorWithANextOneBreaksTheRing() {
        DriverRing ring = ring();
        ring.describe(ring.descriptors, 0, memory.allocate(16, 16), 16, INDIRECT | NEXT, 1);
        ring.offer(0);
        breaks(ring, "is indirect and has a next one");
    }

    @ParameterizedTest
    @CsvSource({"0", "8", "17", "-1"})
    void anIndirectTableThatIsNotWholeDescriptorsBreaksTheRing(int length) {
        DriverRing ring = ring();
        ring.describe(ring.descriptors, 0, memory.allocate(16, 16), length, INDIRECT, 0);
        ring.offer(0);
        breaks(ring, "is not whole descriptors");
    }

    @Test
    void anIndirectTableOutsideRamBreaksTheRing() {
        DriverRing ring = ring();
        ring.describe(ring.descriptors, 0, NOT_RAM, 16, INDIRECT, 0);
        ring.offer(0);
        breaks(ring, "descriptor 0, in the table at 0x100000, is not in RAM");
    }

    @Test
    void aDriverIndexFurtherAheadThanTheRingIsLongBreaksIt() {
        DriverRing ring = ring();
        memory.write16(ring.driverArea + 2, 17);
        breaks(ring, "its driver index 17 is 17 ahead of the device's 0, more than the ring's size 16");
    }

    @ParameterizedTest
    @CsvSource({"0x100000, 4", "0x400ffffc, 5", "-8, 16", "0, -1"})
    void aBufferOutsideRamBreaksTheRing(String address, int length) {
        DriverRing ring = ring();
        ring.add(Piece.write(Long.decode(address), length));
        breaks(ring, "piece 0 of the buffer at descriptor 0");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0, 0", "3, 0, 0, 0", "512, 0, 0, 0", "-1, 0, 0, 0", "16, 8, 0, 0", "16, 0, 1, 0", "16, 0, 0, 2"})
    void aRingThatIsNotSetUpWellIsNotReady(int size, long descriptors, long driverArea, long deviceArea) {
        driver.negotiate(driver.offered());
        long base = DriverMemory.BASE;
        driver.enable(0, size, base + descriptors, base + 0x1000 + driverArea, base + 0x2000 + deviceArea);
        assertThat(driver.read(ReferenceDriver.QUEUE_READY)).isZero();
        assertThat(driver.errors.texts()).singleElement().asString().contains("Virtio 2.7");
        assertThat(driver.read(ReferenceDriver.STATUS) & ReferenceDriver.NEEDS_RESET)
                .isNotZero();
    }

    @Test
    void aDriverAreaOutsideRamBreaksTheRing() {
        driver.negotiate(driver.offered());
        driver.enable(0, 16, DriverMemory.BASE, NOT_RAM, DriverMemory.BASE + 0x2000);
        driver.write(ReferenceDriver.STATUS, 15);
        driver.expectBroken("its driver area at 0x100000 is not in RAM");
    }

    @Test
    void aDeviceAreaOutsideRamBreaksTheRing() {
        DriverRing good = ring();
        good.add(Piece.write(zeros(4), 4));
        driver.negotiate(driver.offered());
        driver.enable(0, 16, good.descriptors, good.driverArea, NOT_RAM);
        driver.write(ReferenceDriver.STATUS, 15);
        driver.expectBroken("its device area at 0x100000 is not in RAM");
    }

    @Test
    void afterTheResetABrokenDeviceWorksAgain() {
        DriverRing ring = ring();
        ring.offer(16);
        breaks(ring, "descriptor 16");
        DriverRing next = ring();
        assertThat(driver.read(ReferenceDriver.INTERRUPT_STATUS)).isZero();
        next.add(Piece.write(zeros(4), 4));
        next.kick();
        assertThat(next.poll()).isEqualTo(new Used(0, 4));
    }

    @Test
    void nothingIsWrittenBeyondRamsEnd() {
        DriverRing ring = ring();
        ring.add(Piece.write(BEYOND, 4));
        ring.kick();
        assertThat(ring.poll()).isEqualTo(new Used(0, 4));
        assertThat(driver.errors.texts()).isEmpty();
    }

    /** 2.7.10: avail_event is the device's, and the driver's memory need not be zero there when the ring begins. */
    @ParameterizedTest
    @CsvSource({"0x1234", "0xffff", "1"})
    void whatTheMemoryOfTheDeviceAreaHeldBeforeMeansNothing(String before) {
        driver.negotiate(driver.offered());
        DriverRing ring = new DriverRing(driver, 0, 16, driver.offered());
        memory.write16(ring.deviceArea + 4 + 8 * 16, Integer.decode(before));
        driver.ready();
        ring.add(Piece.write(zeros(4), 4));
        assertThat(ring.kick()).as("the driver is to notify").isTrue();
        assertThat(ring.poll()).isEqualTo(new Used(0, 4));
    }

    @Test
    void aChainOfMoreThanFourGibibytesBreaksTheRing() {
        DriverRing ring = ring();
        ring.add(Piece.write(DriverMemory.BASE, -1), Piece.write(DriverMemory.BASE, 2));
        breaks(ring, "the chain from descriptor 0 has more than 2^32 bytes (Virtio 2.7.5.2)");
    }

    @ParameterizedTest
    @CsvSource({"0x4000fff8", "0x400ffff0"})
    void anIndirectTableMayLieAnywhereInRam(String address) {
        DriverRing ring = ring();
        long table = Long.decode(address);
        int entries = table == 0x400ffff0L ? 1 : 2;
        long buffer = zeros(8);
        for (int i = 0; i < entries; i++) {
            ring.describe(table, i, buffer + 4L * i, 4, WRITE | (i + 1 < entries ? NEXT : 0), i + 1);
        }
        ring.describe(ring.descriptors, 0, table, 16 * entries, INDIRECT, 0);
        ring.offer(0);
        ring.kick();
        assertThat(ring.poll()).isEqualTo(new Used(0, 4 * entries));
    }

    /** A table so high that the addresses of its descriptors begin anew at zero. */
    @Test
    void anIndirectTableAtTheEndOfTheAddressSpaceBreaksTheRing() {
        DriverRing ring = ring();
        ring.describe(ring.descriptors, 0, -16, 32, INDIRECT, 0);
        ring.offer(0);
        breaks(ring, "descriptor 0, in the table at 0xfffffffffffffff0, is not in RAM");
    }

    @ParameterizedTest
    @CsvSource({"-16, 0x40001000, 0x40002000", "0x40000000, -2, 0x40002000", "0x40000000, 0x40001000, -4"})
    void areasAtTheEndOfTheAddressSpaceBreakTheRing(String descriptors, String driverArea, String deviceArea) {
        driver.negotiate(driver.offered() & ~ReferenceDriver.EVENT_INDEX);
        driver.enable(0, 16, Long.decode(descriptors), Long.decode(driverArea), Long.decode(deviceArea));
        memory.write16(0x4000_1002L, 1);
        memory.write64(DriverMemory.BASE, DriverMemory.BASE + 0x3000);
        memory.write32(DriverMemory.BASE + 8, 4);
        memory.write16(DriverMemory.BASE + 12, WRITE);
        driver.write(ReferenceDriver.STATUS, 15);
        driver.expectBroken("is not in RAM");
    }
}
