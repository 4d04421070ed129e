package org.shyperlab.emulator.device.gic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.emulator.device.gic.GicBench.*;

import org.junit.jupiter.api.Test;

/** From a wire or an SGI to the core's pins and back: IHI 0048B chapters 3 and 4. */
class PhysicalInterruptsTest {
    private static final int SPURIOUS = 1023;

    @Test
    void anEnabledLevelInterruptAssertsIrqUntilItIsAcknowledged() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);

        gic.wire(40, true);
        assertThat(gic.pins[0].irq).isTrue();

        assertThat(gic.acknowledge(0)).isEqualTo(40);
        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.gic.isActive(0, 40)).isTrue();
        assertThat(gic.gic.acknowledged(0)).isEqualTo(1);
    }

    @Test
    void aLevelInterruptWhoseWireStaysHighComesAgainAfterItsEnd() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);
        gic.wire(40, true);
        gic.acknowledge(0);
        assertThat(gic.bit(0, ISPENDR, 40)).isTrue();

        gic.end(0, 40);

        assertThat(gic.pins[0].irq).isTrue();
        assertThat(gic.acknowledge(0)).isEqualTo(40);
        gic.wire(40, false);
        gic.end(0, 40);
        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.acknowledge(0)).isEqualTo(SPURIOUS);
    }

    @Test
    void aLevelInterruptWhoseWireFallsBeforeItIsAcknowledgedIsWithdrawn() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);
        gic.wire(40, true);

        gic.wire(40, false);

        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.acknowledge(0)).isEqualTo(SPURIOUS);
    }

    @Test
    void anEdgeInterruptIsLatchedAlthoughItsWireFallsAgain() {
        GicBench gic = GicBench.ready(1, 32);
        gic.makeEdge(40);
        gic.enableShared(40, 0x80, 0);

        gic.wire(40, true);
        gic.wire(40, false);

        assertThat(gic.acknowledge(0)).isEqualTo(40);
        gic.end(0, 40);
        assertThat(gic.acknowledge(0)).isEqualTo(SPURIOUS);
    }

    @Test
    void anEdgeInterruptComesOnceForEachRiseAndIsRememberedWhileActive() {
        GicBench gic = GicBench.ready(1, 32);
        gic.makeEdge(40);
        gic.enableShared(40, 0x80, 0);
        gic.wire(40, true);
        gic.acknowledge(0);
        assertThat(gic.gic.isPending(0, 40)).isFalse();

        gic.wire(40, false);
        gic.wire(40, true);
        assertThat(gic.gic.isPending(0, 40)).isTrue();
        assertThat(gic.pins[0].irq).isFalse();

        gic.end(0, 40);
        assertThat(gic.acknowledge(0)).isEqualTo(40);
        gic.end(0, 40);
        assertThat(gic.pins[0].irq).isFalse();
    }

    @Test
    void clearingPendingForgetsALatchedLevelInterruptButNotItsWire() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);
        gic.setBit(0, ISPENDR, 40);
        gic.wire(40, true);

        gic.setBit(0, ICPENDR, 40);
        assertThat(gic.bit(0, ISPENDR, 40)).isTrue();
        gic.wire(40, false);
        assertThat(gic.bit(0, ISPENDR, 40)).isFalse();

        gic.setBit(0, ISPENDR, 40);
        assertThat(gic.pins[0].irq).isTrue();
        gic.setBit(0, ICPENDR, 40);
        assertThat(gic.pins[0].irq).isFalse();
    }

    @Test
    void softwareLatchOfALevelInterruptIsConsumedByTheAcknowledge() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);
        gic.setBit(0, ISPENDR, 40);

        assertThat(gic.acknowledge(0)).isEqualTo(40);

        assertThat(gic.bit(0, ISPENDR, 40)).isFalse();
        gic.end(0, 40);
        assertThat(gic.pins[0].irq).isFalse();
    }

    @Test
    void theLowestPriorityValueIsAcknowledgedFirstThenTheLowestIdentifier() {
        GicBench gic = GicBench.ready(1, 96);
        gic.enableShared(50, 0x80, 0);
        gic.enableShared(41, 0x80, 0);
        gic.enableShared(100, 0x40, 0);
        gic.wire(50, true);
        gic.wire(41, true);
        gic.wire(100, true);

        assertThat(gic.gicc(0, HPPIR)).isEqualTo(100);
        assertThat(gic.acknowledge(0)).isEqualTo(100);
        gic.wire(100, false);
        gic.end(0, 100);
        assertThat(gic.acknowledge(0)).isEqualTo(41);
        gic.wire(41, false);
        gic.end(0, 41);
        assertThat(gic.acknowledge(0)).isEqualTo(50);
    }

    @Test
    void onlyAHigherGroupPriorityPreempts() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);
        gic.enableShared(41, 0x80, 0);
        gic.enableShared(42, 0x78, 0);
        gic.wire(40, true);
        gic.acknowledge(0);
        assertThat(gic.gicc(0, RPR)).isEqualTo(0x80);

        gic.wire(41, true);
        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.acknowledge(0)).isEqualTo(SPURIOUS);

        gic.wire(42, true);
        assertThat(gic.pins[0].irq).isTrue();
        assertThat(gic.acknowledge(0)).isEqualTo(42);
        assertThat(gic.gicc(0, RPR)).isEqualTo(0x78);
        assertThat(gic.gicc(0, APR0)).isEqualTo(1 << 16 | 1 << 15);

        gic.end(0, 42);
        assertThat(gic.gicc(0, RPR)).isEqualTo(0x80);
    }

    @Test
    void theBinaryPointDecidesWhichPriorityBitsPreempt() {
        GicBench gic = GicBench.ready(1, 32);
        gic.gicc(0, BPR, 5);
        gic.enableShared(40, 0xb0, 0);
        gic.enableShared(41, 0x80, 0);
        gic.enableShared(42, 0x78, 0);
        gic.wire(40, true);
        gic.acknowledge(0);
        assertThat(gic.gicc(0, RPR)).isEqualTo(0x80);

        gic.wire(41, true);
        assertThat(gic.pins[0].irq)
                .as("0x80 and 0xb0 are one group when bits 5:0 do not count")
                .isFalse();
        gic.wire(42, true);
        assertThat(gic.pins[0].irq).isTrue();
    }

    @Test
    void binaryPoint7LeavesNoPreemptionAtAll() {
        GicBench gic = GicBench.ready(1, 32);
        gic.gicc(0, BPR, 7);
        gic.enableShared(40, 0xf0, 0);
        gic.enableShared(41, 0x00, 0);
        gic.wire(40, true);
        gic.acknowledge(0);

        gic.wire(41, true);

        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.gicc(0, HPPIR)).isEqualTo(41);
    }

    @Test
    void binaryPointsBelowTheImplementedMinimumReadAsTheMinimum() {
        GicBench gic = GicBench.ready(1, 32);
        gic.gicc(0, BPR, 0);
        gic.gicc(0, ABPR, 1);

        assertThat(gic.gicc(0, BPR)).isEqualTo(2);
        assertThat(gic.gicc(0, ABPR)).isEqualTo(3);
    }

    @Test
    void thePriorityMaskHidesItsOwnValueAndEverythingBelow() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);
        gic.wire(40, true);

        gic.gicc(0, PMR, 0x80);
        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.acknowledge(0)).isEqualTo(SPURIOUS);
        assertThat(gic.gicc(0, HPPIR)).isEqualTo(40);

        gic.gicc(0, PMR, 0x88);
        assertThat(gic.pins[0].irq).isTrue();
    }

    @Test
    void withEoiModeTheEndOnlyDropsThePriorityAndDirDeactivates() {
        GicBench gic = GicBench.ready(1, 32);
        gic.gicc(0, CTLR, GROUP0 | EOI_MODE);
        gic.enableShared(40, 0x80, 0);
        gic.enableShared(41, 0x80, 0);
        gic.wire(40, true);
        assertThat(gic.acknowledge(0)).isEqualTo(40);

        gic.end(0, 40);
        assertThat(gic.gicc(0, RPR)).isEqualTo(0xff);
        assertThat(gic.gic.isActive(0, 40)).isTrue();
        assertThat(gic.pins[0].irq)
                .as("40 is still active although its wire is high")
                .isFalse();
        gic.wire(41, true);
        assertThat(gic.pins[0].irq).as("its priority no longer blocks others").isTrue();
        gic.wire(41, false);

        gic.gicc(0, DIR, 40);
        assertThat(gic.gic.isActive(0, 40)).isFalse();
        assertThat(gic.pins[0].irq).isTrue();
        assertThat(gic.errors.texts()).isEmpty();
    }

    @Test
    void dirWithoutEoiModeChangesNothingAndIsReported() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);
        gic.wire(40, true);
        gic.acknowledge(0);

        gic.gicc(0, DIR, 40);

        assertThat(gic.gic.isActive(0, 40)).isTrue();
        assertThat(gic.errors.texts()).singleElement().asString().contains("GICC_DIR while EOImode is 0");
    }

    @Test
    void endingAnInterruptThatIsNotActiveIsReported() {
        GicBench gic = GicBench.ready(1, 32);

        gic.end(0, 40);
        gic.end(0, SPURIOUS);

        assertThat(gic.errors.texts()).singleElement().asString().contains("end of interrupt 40, which is not active");
    }

    @Test
    void anSgiFromTwoCoresIsTakenOncePerSource() {
        GicBench gic = GicBench.ready(4, 32);
        gic.send(3, 5, 0b0001);
        gic.send(1, 5, 0b0001);
        assertThat(gic.gicd(0, SPENDSGIR + 4)).isEqualTo(0b1010 << 8);

        assertThat(gic.acknowledge(0)).isEqualTo(1 << 10 | 5);
        assertThat(gic.bit(0, ISPENDR, 5)).isTrue();
        assertThat(gic.bit(0, ISACTIVER, 5)).isTrue();
        assertThat(gic.pins[0].irq)
                .as("the second waits until the first is ended")
                .isFalse();

        gic.end(0, 1 << 10 | 5);
        assertThat(gic.acknowledge(0)).isEqualTo(3 << 10 | 5);
        gic.end(0, 3 << 10 | 5);
        assertThat(gic.acknowledge(0)).isEqualTo(SPURIOUS);
    }

    @Test
    void theTargetListFilterSelectsListedOthersOrSelf() {
        GicBench gic = GicBench.ready(4, 32);

        gic.gicd(1, SGIR, 0 << 24 | 0b0101 << 16 | 2);
        assertThat(pendingAt(gic, 2)).isEqualTo("X.X.");
        gic.gicd(1, SGIR, 1 << 24 | 3);
        assertThat(pendingAt(gic, 3)).isEqualTo("X.XX");
        gic.gicd(1, SGIR, 2 << 24 | 4);
        assertThat(pendingAt(gic, 4)).isEqualTo(".X..");
        gic.gicd(1, SGIR, 3 << 24 | 6);
        assertThat(pendingAt(gic, 6)).isEqualTo("....");
        assertThat(gic.errors.texts()).singleElement().asString().contains("reserved TargetListFilter");
    }

    private static String pendingAt(GicBench gic, int id) {
        StringBuilder text = new StringBuilder();
        for (int core = 0; core < gic.pins.length; core++) {
            text.append(gic.gic.isPending(core, id) ? 'X' : '.');
        }
        return text.toString();
    }

    @Test
    void pendingSgisAreSetAndClearedPerSource() {
        GicBench gic = GicBench.ready(2, 32);
        gic.gicdByte(0, SPENDSGIR + 7, 0b11);
        gic.gicdByte(0, CPENDSGIR + 7, 0b01);

        assertThat(gic.gicd(0, CPENDSGIR + 4)).isEqualTo(0b10 << 24);
        assertThat(gic.acknowledge(0)).isEqualTo(1 << 10 | 7);
        assertThat(gic.gicd(0, SPENDSGIR + 4)).isZero();
        assertThat(gic.gicd(1, SPENDSGIR + 4)).as("banked by core").isZero();
    }

    @Test
    void sgisCannotBeMadePendingThroughIspendr() {
        GicBench gic = GicBench.ready(1, 32);

        gic.gicd(0, ISPENDR, 0xffff);
        assertThat(gic.gicd(0, ISPENDR)).isZero();

        gic.send(0, 1, 1);
        gic.gicd(0, ICPENDR, 0xffff);
        assertThat(gic.gicd(0, ISPENDR)).isEqualTo(1 << 1);
    }

    @Test
    void aSharedInterruptGoesToItsTargetsAndToTheFirstThatAcknowledges() {
        GicBench gic = GicBench.ready(4, 32);
        gic.enableShared(40, 0x80, 0b0110);

        gic.wire(40, true);
        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.pins[1].irq).isTrue();
        assertThat(gic.pins[2].irq).isTrue();
        assertThat(gic.pins[3].irq).isFalse();

        assertThat(gic.acknowledge(2)).isEqualTo(40);
        assertThat(gic.pins[1].irq).isFalse();
        assertThat(gic.acknowledge(1)).isEqualTo(SPURIOUS);
    }

    @Test
    void reroutingAPendingInterruptMovesItToTheNewTarget() {
        GicBench gic = GicBench.ready(2, 32);
        gic.enableShared(40, 0x80, 0b01);
        gic.wire(40, true);

        gic.gicdByte(0, ITARGETSR + 40, 0b10);

        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.pins[1].irq).isTrue();
    }

    @Test
    void privateInterruptsBelongToTheirCoreAlone() {
        GicBench gic = GicBench.ready(2, 32);
        gic.enablePrivate(1, 27, 0x80);

        gic.gic.ppi(0, 27).set(true);
        gic.gic.ppi(1, 27).set(true);

        assertThat(gic.pins[0].irq).as("not enabled there").isFalse();
        assertThat(gic.acknowledge(1)).isEqualTo(27);
        assertThat(gic.gic.isActive(0, 27)).isFalse();
    }

    @Test
    void softwareCanSaveAndRestoreActiveStateAndPriorities() {
        GicBench gic = GicBench.ready(1, 32);
        gic.enableShared(40, 0x80, 0);
        gic.wire(40, true);

        gic.setBit(0, ISACTIVER, 40);
        assertThat(gic.pins[0].irq).isFalse();
        gic.setBit(0, ICACTIVER, 40);
        assertThat(gic.pins[0].irq).isTrue();

        gic.gicc(0, APR0, 1 << 2);
        assertThat(gic.gicc(0, RPR)).isEqualTo(0x10);
        assertThat(gic.pins[0].irq).isFalse();
        gic.gicc(0, APR0, 0);
        assertThat(gic.pins[0].irq).isTrue();
    }

    @Test
    void resetForgetsEverythingButTheWires() {
        GicBench gic = GicBench.ready(2, 32);
        gic.enableShared(40, 0x80, 1);
        gic.wire(40, true);
        gic.acknowledge(0);
        gic.send(0, 3, 3);

        gic.gic.reset();

        assertThat(gic.pins[0].irq).isFalse();
        assertThat(gic.gic.isActive(0, 40)).isFalse();
        assertThat(gic.gic.isPending(0, 3)).isFalse();
        assertThat(gic.gic.isEnabled(0, 40)).isFalse();
        assertThat(gic.gic.isPending(0, 40)).as("its wire is still high").isTrue();
        assertThat(gic.gicc(0, CTLR)).isZero();
        assertThat(gic.gicc(0, RPR)).isEqualTo(0xff);
    }
}
