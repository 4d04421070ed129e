package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.ACKNOWLEDGE;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.DRIVER;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.DRIVER_OK;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.FEATURES_OK;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.INTERRUPT_STATUS;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.NOTIFY;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.QUEUE_NUM;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.QUEUE_READY;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.QUEUE_SEL;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.STATUS;
import static org.shyperlab.emulator.device.virtio.ReferenceDriver.VERSION_1;

import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.storage.MemoryStore;

class VirtioMmioTest {
    private final MemoryStore store = new MemoryStore(1 << 16);
    private final ReferenceDriver driver = new ReferenceDriver(new VirtioBlock("disk", "serial", store));

    private void expectReport(String text) {
        assertThat(driver.errors.texts())
                .singleElement()
                .asString()
                .startsWith("disk: ")
                .contains(text);
        driver.errors.clear();
    }

    @Test
    void tellsWhatItIs() {
        assertThat(driver.read(0x000)).isEqualTo(0x7472_6976);
        assertThat(driver.read(0x004)).isEqualTo(2);
        assertThat(driver.read(0x008)).isEqualTo(2);
        assertThat(driver.read(STATUS)).isZero();
        assertThat(driver.read(0x0b0) & driver.read(0x0b4))
                .as("no shared memory")
                .isEqualTo(-1);
        assertThat(driver.errors.texts()).isEmpty();
    }

    @Test
    void offersTheFeaturesOfRingsAndProtocol() {
        assertThat(driver.offered() & (3L << 28 | VERSION_1)).isEqualTo(3L << 28 | VERSION_1);
        driver.write(0x14, 2);
        assertThat(driver.read(0x10)).as("bits from 64 on").isZero();
    }

    @Test
    void keepsFeaturesOkForWhatItOffers() {
        assertThat(driver.negotiate(driver.offered())).isTrue();
        assertThat(driver.negotiate(VERSION_1)).isTrue();
        assertThat(driver.errors.texts()).isEmpty();
    }

    @Test
    void refusesFeaturesThatItDoesNotOffer() {
        assertThat(driver.negotiate(VERSION_1 | 1L << 40)).isFalse();
        expectReport("features 0x10000000000 are accepted and were not offered (Virtio 2.2.1)");
    }

    @Test
    void refusesADriverOfTheProtocolFromBeforeTheSpecification() {
        assertThat(driver.negotiate(0)).isFalse();
        expectReport("VIRTIO_F_VERSION_1 is not accepted");
    }

    @Test
    void featuresStayAsTheyAreAfterFeaturesOk() {
        driver.negotiate(VERSION_1);
        driver.write(0x24, 0);
        driver.write(0x20, 1 << 29);
        expectReport("DriverFeatures is written after FEATURES_OK");
    }

    @Test
    void featuresFromBit64OnAreReportedWhenAccepted() {
        driver.write(0x24, 2);
        driver.write(0x20, 0);
        assertThat(driver.errors.texts()).isEmpty();
        driver.write(0x20, 4);
        expectReport("from bit 64 on");
    }

    @Test
    void isNotReadyWithoutNegotiation() {
        driver.write(STATUS, ACKNOWLEDGE | DRIVER | DRIVER_OK);
        assertThat(driver.read(STATUS)).isEqualTo(ACKNOWLEDGE | DRIVER);
        expectReport("DRIVER_OK is set without FEATURES_OK");
    }

    @Test
    void statusBitsAreClearedByAResetAlone() {
        driver.negotiate(VERSION_1);
        driver.write(STATUS, ACKNOWLEDGE);
        expectReport("which clears bits of");
        assertThat(driver.read(STATUS)).isEqualTo(ACKNOWLEDGE | DRIVER | FEATURES_OK);
        driver.write(STATUS, 0);
        assertThat(driver.read(STATUS)).isZero();
        assertThat(driver.errors.texts()).isEmpty();
    }

    @Test
    void theDriverCannotSetNeedsReset() {
        driver.write(STATUS, ACKNOWLEDGE | ReferenceDriver.NEEDS_RESET);
        assertThat(driver.read(STATUS)).isEqualTo(ACKNOWLEDGE);
    }

    @Test
    void aRingThatTheDeviceDoesNotHaveHasNoSizeAndTakesNothing() {
        driver.write(QUEUE_SEL, 0);
        assertThat(driver.read(0x34)).isEqualTo(256);
        driver.write(QUEUE_SEL, 1);
        assertThat(driver.read(0x34)).isZero();
        assertThat(driver.read(QUEUE_READY)).isZero();
        driver.write(QUEUE_READY, 0);
        assertThat(driver.errors.texts()).isEmpty();
        for (int register : new int[] {QUEUE_NUM, QUEUE_READY, 0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4}) {
            driver.write(register, 1);
            expectReport("for ring 1, which the device does not have");
        }
        driver.write(QUEUE_SEL, -1);
        driver.write(QUEUE_NUM, 1);
        expectReport("for ring 4294967295");
    }

    @Test
    void aReadyRingIsNotSetUpAgain() {
        driver.start(0, 16, 1);
        for (int register : new int[] {QUEUE_NUM, QUEUE_READY, 0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4}) {
            driver.write(register, 1);
            expectReport("while ring 0 is ready");
        }
        driver.write(QUEUE_READY, 0);
        assertThat(driver.read(QUEUE_READY)).isZero();
        driver.write(QUEUE_NUM, 8);
        assertThat(driver.errors.texts()).isEmpty();
    }

    @Test
    void aRingIsNotReadyBeforeFeaturesAre() {
        driver.write(QUEUE_READY, 1);
        expectReport("ring 0 is made ready before FEATURES_OK");
        assertThat(driver.read(QUEUE_READY)).isZero();
    }

    @Test
    void notificationsOutOfOrderAreReportedAndDoNothing() {
        driver.write(NOTIFY, 0);
        expectReport("ring 0 is notified before DRIVER_OK");
        driver.negotiate(VERSION_1);
        driver.ready();
        driver.write(NOTIFY, 0);
        expectReport("ring 0 is notified and not ready");
        driver.write(NOTIFY, 77);
        expectReport("ring 77 is notified and not ready");
    }

    @Test
    void theConfigurationSpaceIsReadInAnyWidthAndNotWritten() {
        assertThat(driver.device.read(0, 0x100, 4)).isEqualTo(128);
        assertThat(driver.device.read(0, 0x100, 1)).isEqualTo(128);
        assertThat(driver.device.read(0, 0x114, 2)).isEqualTo(512);
        driver.write(0x100, 1);
        expectReport("Config0, which is read-only");
        driver.read(0x118);
        expectReport("where no register is");
    }

    @Test
    void aResetTakesBackEverything() {
        DriverRing ring = driver.start(0, 16, 1)[0];
        ring.add(DriverRing.Piece.read(DriverMemory.BASE, 16), DriverRing.Piece.write(DriverMemory.BASE, 1));
        ring.kick();
        assertThat(driver.interrupt).isTrue();
        driver.device.reset();
        assertThat(driver.interrupt).isFalse();
        assertThat(driver.read(INTERRUPT_STATUS)).isZero();
        driver.write(QUEUE_SEL, 0);
        assertThat(driver.read(QUEUE_READY)).isZero();
        assertThat(driver.errors.texts()).isEmpty();
        driver.start(0, 16, 1);
        assertThat(driver.errors.texts()).isEmpty();
    }

    @Test
    void theLineStaysHighUntilEveryCauseIsAcknowledged() {
        DriverRing ring = driver.start(0, 16, 1)[0];
        ring.add(DriverRing.Piece.read(DriverMemory.BASE, 16), DriverRing.Piece.write(DriverMemory.BASE, 1));
        ring.kick();
        assertThat(driver.read(INTERRUPT_STATUS)).isEqualTo(1);
        driver.write(ReferenceDriver.INTERRUPT_ACK, 2);
        assertThat(driver.interrupt).isTrue();
        driver.write(ReferenceDriver.INTERRUPT_ACK, 1);
        assertThat(driver.interrupt).isFalse();
    }
}
