package org.shyperlab.emulator.device.gic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.emulator.device.gic.GicBench.*;

import org.junit.jupiter.api.Test;

/** Interrupt groups without the security extensions: IHI 0048B chapter 3 and 4.4. */
class InterruptGroupsTest {
    private static final int SPURIOUS = 1023;

    @Test
    void group1IsGroupedByTheAliasedBinaryPointOneBitFurtherUnlessCbpr() {
        GicBench gic = GicBench.ready(1, 32);
        gic.gicc(0, BPR, 2);
        gic.gicc(0, ABPR, 6);
        gic.moveToGroup1(0, 40);
        gic.moveToGroup1(0, 41);
        gic.enableShared(40, 0xf0, 0);
        gic.enableShared(41, 0xc0, 0);
        gic.wire(40, true);
        assertThat(gic.acknowledge(0)).isEqualTo(40);
        assertThat(gic.gicc(0, RPR)).as("ABPR 6: bits 7:6 count").isEqualTo(0xc0);
        assertThat(gic.gicc(0, NSAPR0)).isEqualTo(1 << 24);
        assertThat(gic.gicc(0, APR0)).isZero();
        gic.wire(41, true);
        assertThat(gic.pins[0].irq).isFalse();

        gic.end(0, 40);
        gic.wire(41, false);
        gic.gicc(0, CTLR, GROUP0 | GROUP1 | ACK_CTL | CBPR);
        assertThat(gic.acknowledge(0)).isEqualTo(40);
        assertThat(gic.gicc(0, RPR)).as("CBPR: BPR 2 counts for Group 1 too").isEqualTo(0xf0);
        gic.wire(41, true);
        assertThat(gic.pins[0].irq).isTrue();
    }

    @Test
    void group0IsSignalledAsFiqOnlyWithFiqEnAndGroup1NeverIs() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);
        gic.wire(40, true);
        assertThat(gic.pins[0].irq).isTrue();

        gic.gicc(0, CTLR, GROUP0 | GROUP1 | FIQ_EN);
        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.pins[0].fiq).isTrue();

        gic.moveToGroup1(0, 40);
        assertThat(gic.pins[0].irq).isTrue();
        assertThat(gic.pins[0].fiq).isFalse();
    }

    @Test
    void iarAnswers1022ForGroup1UnlessAckCtlAndTheAliasTakesIt() {
        GicBench gic = GicBench.ready(1, 32);
        gic.gicc(0, CTLR, GROUP0 | GROUP1);
        gic.moveToGroup1(0, 40);
        gic.enableShared(40, 0x80, 0);
        gic.wire(40, true);

        assertThat(gic.acknowledge(0)).isEqualTo(1022);
        assertThat(gic.gicc(0, HPPIR)).isEqualTo(1022);
        assertThat(gic.gic.isActive(0, 40)).isFalse();
        assertThat(gic.gicc(0, AHPPIR)).isEqualTo(40);
        assertThat(gic.gicc(0, AIAR)).isEqualTo(40);
        assertThat(gic.gic.isActive(0, 40)).isTrue();
        gic.gicc(0, AEOIR, 40);
        assertThat(gic.gic.isActive(0, 40)).isFalse();
        assertThat(gic.gicc(0, RPR)).isEqualTo(0xff);
    }

    @Test
    void theAliasedRegistersDoNotSeeGroup0() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);
        gic.wire(40, true);

        assertThat(gic.gicc(0, AIAR)).isEqualTo(SPURIOUS);
        assertThat(gic.gicc(0, AHPPIR)).isEqualTo(SPURIOUS);
        gic.acknowledge(0);
        gic.gicc(0, AEOIR, 40);
        assertThat(gic.gic.isActive(0, 40)).isTrue();
        assertThat(gic.errors.texts()).singleElement().asString().contains("GICC_AEOIR is for Group 1");
    }

    @Test
    void aGroupThatTheDistributorDisablesHidesNothingOfTheOther() {
        GicBench gic = GicBench.ready(1, 32);
        gic.moveToGroup1(0, 41);
        gic.enableShared(40, 0x10, 0);
        gic.enableShared(41, 0x80, 0);
        gic.wire(40, true);
        gic.wire(41, true);

        gic.gicd(0, GICD_CTLR, GROUP1);
        assertThat(gic.acknowledge(0)).isEqualTo(41);
    }

    @Test
    void aGroupThatTheCpuInterfaceDisablesIsNotSignalled() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x10, 0);
        gic.wire(40, true);

        gic.gicc(0, CTLR, GROUP1);

        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.acknowledge(0)).isEqualTo(SPURIOUS);
        assertThat(gic.gicc(0, HPPIR)).isEqualTo(SPURIOUS);
    }
}
