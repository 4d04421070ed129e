package org.shyperlab.emulator.device.gic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.emulator.device.gic.GicBench.*;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** List registers, the virtual CPU interface and the maintenance interrupt: IHI 0048B chapter 5. */
class VirtualInterruptsTest {
    private static final int SPURIOUS = 1023;
    private static final int PENDING = 1 << 28;
    private static final int ACTIVE = 2 << 28;
    private static final int STATE = 3 << 28;
    private static final int LR_GROUP1 = 1 << 30;
    private static final int HW = 1 << 31;
    private static final int EOI = 1 << 19;

    private static final int MISR_EOI = 1;
    private static final int MISR_U = 2;
    private static final int MISR_LRENP = 4;
    private static final int MISR_NP = 8;
    private static final int MISR_GRP0_ENABLED = 0x10;
    private static final int MISR_GRP0_DISABLED = 0x20;
    private static final int MISR_GRP1_ENABLED = 0x40;
    private static final int MISR_GRP1_DISABLED = 0x80;

    private final GicBench gic = GicBench.ready(2, 32);

    @BeforeEach
    void aGuestThatTakesBothGroups() {
        gic.gich(0, HCR, 1);
        gic.gicv(0, CTLR, GROUP0 | GROUP1 | ACK_CTL);
        gic.gicv(0, PMR, 0xff);
    }

    private static int priority(int value) {
        return value >> 3 << 23;
    }

    private int state(int n) {
        return gic.gich(0, LR0 + 4 * n) & STATE;
    }

    private void list(int n, int value) {
        gic.gich(0, LR0 + 4 * n, value);
    }

    private boolean maintenance() {
        return gic.gic.isPending(0, GicV2.MAINTENANCE);
    }

    @Test
    void aPendingListRegisterAssertsVirqBecomesActiveAndThenInvalid() {
        list(2, PENDING | priority(0x80) | 42);
        assertThat(gic.pins[0].virtualIrq).isTrue();
        assertThat(gic.pins[1].virtualIrq).isFalse();

        assertThat(gic.gicv(0, IAR)).isEqualTo(42);
        assertThat(state(2)).isEqualTo(ACTIVE);
        assertThat(gic.pins[0].virtualIrq).isFalse();
        assertThat(gic.gicv(0, RPR)).isEqualTo(0x80);
        assertThat(gic.gich(0, APR)).isEqualTo(1 << 16);

        gic.gicv(0, EOIR, 42);
        assertThat(state(2)).isZero();
        assertThat(gic.gich(0, LR0 + 8)).as("the rest of the register stays").isEqualTo(priority(0x80) | 42);
        assertThat(gic.gicv(0, RPR)).isEqualTo(0xff);
        assertThat(gic.gicv(0, IAR)).isEqualTo(SPURIOUS);
    }

    @Test
    void aPendingAndActiveInterruptIsTakenAgainOnlyAfterItsEnd() {
        list(0, PENDING | ACTIVE | priority(0x80) | 42);
        assertThat(gic.pins[0].virtualIrq).isFalse();
        assertThat(gic.gicv(0, HPPIR)).isEqualTo(SPURIOUS);

        gic.gicv(0, EOIR, 42);

        assertThat(state(0)).isEqualTo(PENDING);
        assertThat(gic.gicv(0, IAR)).isEqualTo(42);
    }

    @Test
    void nothingIsSignalledWhileTheHypervisorHasNotEnabledTheInterface() {
        gic.gich(0, HCR, 0);
        list(0, PENDING | 42);

        assertThat(gic.pins[0].virtualIrq).isFalse();
        assertThat(gic.gicv(0, IAR)).isEqualTo(SPURIOUS);

        gic.gich(0, HCR, 1);
        assertThat(gic.pins[0].virtualIrq).isTrue();
    }

    @Test
    void theHighestVirtualPriorityIsTakenFirstAndPreempts() {
        list(0, PENDING | priority(0xa0) | 40);
        list(1, PENDING | priority(0x20) | 41);
        list(2, PENDING | priority(0x60) | 42);

        assertThat(gic.gicv(0, IAR)).isEqualTo(41);
        assertThat(gic.pins[0].virtualIrq).isFalse();
        list(3, PENDING | priority(0x18) | 43);
        assertThat(gic.pins[0].virtualIrq).isTrue();
        assertThat(gic.gicv(0, IAR)).isEqualTo(43);
        assertThat(gic.gich(0, APR)).isEqualTo(1 << 4 | 1 << 3);
        gic.gicv(0, EOIR, 43);
        gic.gicv(0, EOIR, 41);
        assertThat(gic.gicv(0, IAR)).isEqualTo(42);
    }

    @Test
    void theGuestsMaskAndBinaryPointApply() {
        list(0, PENDING | priority(0x80) | 40);
        gic.gicv(0, PMR, 0x80);
        assertThat(gic.pins[0].virtualIrq).isFalse();
        gic.gicv(0, PMR, 0xf8);
        gic.gicv(0, BPR, 7);
        assertThat(gic.gicv(0, IAR)).isEqualTo(40);

        list(1, PENDING | priority(0) | 41);

        assertThat(gic.gicv(0, RPR)).isZero();
        assertThat(gic.pins[0].virtualIrq)
                .as("binary point 7 leaves one group of Group 0")
                .isFalse();
    }

    @Test
    void vmcrShowsAndSetsWhatTheGuestSeesInItsOwnRegisters() {
        gic.gicv(0, CTLR, GROUP0 | FIQ_EN | EOI_MODE);
        gic.gicv(0, PMR, 0xa8);
        gic.gicv(0, BPR, 4);
        gic.gicv(0, ABPR, 5);
        assertThat(gic.gich(0, VMCR)).isEqualTo(0xa8 >> 3 << 27 | 4 << 21 | 5 << 18 | 1 << 9 | 1 << 3 | 1);

        gic.gich(0, VMCR, 0x1f << 27 | 7 << 21 | 3 << 18 | CBPR | GROUP1);
        assertThat(gic.gicv(0, CTLR)).isEqualTo(CBPR | GROUP1);
        assertThat(gic.gicv(0, PMR)).isEqualTo(0xf8);
        assertThat(gic.gicv(0, BPR)).isEqualTo(7);
        assertThat(gic.gicv(0, ABPR)).isEqualTo(3);
        assertThat(gic.gich(1, VMCR)).as("the other core's is untouched").isEqualTo(2 << 21 | 3 << 18);
    }

    @Test
    void group0IsVfiqWithFiqEnAndGroup1IsVirq() {
        gic.gicv(0, CTLR, GROUP0 | GROUP1 | FIQ_EN);
        list(0, PENDING | 40);
        assertThat(gic.pins[0].virtualFiq).isTrue();
        assertThat(gic.pins[0].virtualIrq).isFalse();

        list(0, PENDING | LR_GROUP1 | 40);
        assertThat(gic.pins[0].virtualFiq).isFalse();
        assertThat(gic.pins[0].virtualIrq).isTrue();
        assertThat(gic.gicv(0, IAR)).isEqualTo(1022);
        assertThat(gic.gicv(0, AIAR)).isEqualTo(40);
        gic.gicv(0, AEOIR, 40);
        assertThat(state(0)).isZero();
    }

    @Test
    void theEndOfAHardwareInterruptDeactivatesThePhysicalOne() {
        gic.gicc(0, CTLR, GROUP0 | EOI_MODE);
        gic.enableShared(40, 0x80, 1);
        gic.wire(40, true);
        assertThat(gic.acknowledge(0)).isEqualTo(40);
        gic.end(0, 40);
        list(0, HW | PENDING | priority(0x80) | 40 << 10 | 77);

        assertThat(gic.gicv(0, IAR)).isEqualTo(77);
        gic.wire(40, false);
        assertThat(gic.gic.isActive(0, 40)).isTrue();
        gic.gicv(0, EOIR, 77);

        assertThat(gic.gic.isActive(0, 40)).isFalse();
        assertThat(state(0)).isZero();
    }

    @Test
    void aHardwareInterruptWhoseWireStaysHighComesBackAsAPhysicalInterrupt() {
        gic.gicc(0, CTLR, GROUP0 | EOI_MODE);
        gic.enablePrivate(0, 27, 0x80);
        gic.gic.ppi(0, 27).set(true);
        gic.end(0, gic.acknowledge(0));
        list(0, HW | PENDING | 27 << 10 | 27);
        gic.gicv(0, CTLR, GROUP0 | EOI_MODE);
        gic.gicv(0, IAR);
        gic.gicv(0, EOIR, 27);
        assertThat(gic.pins[0].irq).isFalse();

        gic.gicv(0, DIR, 27);

        assertThat(gic.gic.isActive(0, 27)).isFalse();
        assertThat(gic.pins[0].irq).isTrue();
    }

    @Test
    void aListRegisterCannotDeactivateASgiOrWhatDoesNotExist() {
        gic.send(0, 3, 1);
        gic.acknowledge(0);
        list(0, HW | ACTIVE | 3 << 10 | 40);
        list(1, HW | ACTIVE | 900 << 10 | 41);

        gic.gicv(0, EOIR, 40);
        gic.gicv(0, EOIR, 41);

        assertThat(gic.gic.isActive(0, 3)).isTrue();
        assertThat(gic.errors.texts()).hasSize(2).allMatch(text -> text.contains("cannot be a hardware interrupt"));
    }

    @Test
    void aVirtualSgiCarriesTheNumberOfTheVcpuThatSentIt() {
        list(0, PENDING | 3 << 10 | 5);
        assertThat(gic.gicv(0, HPPIR)).isEqualTo(3 << 10 | 5);
        assertThat(gic.gicv(0, IAR)).isEqualTo(3 << 10 | 5);

        gic.gicv(0, EOIR, 3 << 10 | 5);
        assertThat(state(0)).isZero();
    }

    @Test
    void theSameVirtualSgiFromTwoVcpusIsEndedInTheRegisterOfItsSender() {
        list(0, ACTIVE | 1 << 10 | 5);
        list(1, ACTIVE | 3 << 10 | 5);

        gic.gicv(0, EOIR, 3 << 10 | 5);

        assertThat(state(0)).isEqualTo(ACTIVE);
        assertThat(state(1)).isZero();
    }

    @Test
    void withEoiModeTheGuestsEndDropsThePriorityAndDirDeactivates() {
        gic.gicv(0, CTLR, GROUP0 | EOI_MODE);
        list(0, PENDING | priority(0x80) | 40);
        gic.gicv(0, IAR);

        gic.gicv(0, EOIR, 40);
        assertThat(gic.gicv(0, RPR)).isEqualTo(0xff);
        assertThat(state(0)).isEqualTo(ACTIVE);
        gic.gicv(0, DIR, 40);
        assertThat(state(0)).isZero();
    }

    @Test
    void theEndOfAnInterruptThatNoListRegisterHoldsIsCounted() {
        gic.gich(0, APR, 1 << 16);
        gic.gicv(0, EOIR, 99);
        assertThat(gic.gich(0, HCR) >>> 27).isEqualTo(1);
        assertThat(gic.gich(0, APR)).isZero();

        gic.gicv(0, EOIR, 99);
        assertThat(gic.gich(0, HCR) >>> 27)
                .as("nothing was active, so nothing ended")
                .isEqualTo(1);

        gic.gicv(0, CTLR, GROUP0 | EOI_MODE);
        gic.gicv(0, DIR, 99);
        assertThat(gic.gich(0, HCR) >>> 27).isEqualTo(2);
    }

    @Test
    void theEndOfInterruptReasonLastsUntilTheRegisterIsCleaned() {
        list(1, PENDING | EOI | 40);
        gic.gicv(0, IAR);
        assertThat(maintenance()).isFalse();
        assertThat(gic.gich(0, ELRSR0)).isEqualTo(0b1101);

        gic.gicv(0, EOIR, 40);
        assertThat(gic.gich(0, EISR0)).isEqualTo(0b0010);
        assertThat(gic.gich(0, ELRSR0)).as("still to be read").isEqualTo(0b1101);
        assertThat(gic.gich(0, MISR)).isEqualTo(MISR_EOI);
        assertThat(maintenance()).isTrue();

        list(1, 0);
        assertThat(gic.gich(0, MISR)).isZero();
        assertThat(gic.gich(0, ELRSR0)).isEqualTo(0b1111);
        assertThat(maintenance()).isFalse();
    }

    @Test
    void underflowIsSignalledWithAtMostOneValidListRegister() {
        list(0, PENDING | 40);
        list(1, ACTIVE | 41);
        gic.gich(0, HCR, 1 | 1 << 1);
        assertThat(gic.gich(0, MISR)).isZero();

        list(1, 0);
        assertThat(gic.gich(0, MISR)).isEqualTo(MISR_U);
        assertThat(maintenance()).isTrue();
        list(0, 0);
        assertThat(gic.gich(0, MISR)).isEqualTo(MISR_U);
    }

    @Test
    void listRegisterEntryNotPresentFollowsTheEoiCount() {
        gic.gich(0, HCR, 1 | 1 << 2);
        assertThat(maintenance()).isFalse();

        gic.gich(0, APR, 1);
        gic.gicv(0, EOIR, 99);
        assertThat(gic.gich(0, MISR)).isEqualTo(MISR_LRENP);
        assertThat(maintenance()).isTrue();

        gic.gich(0, HCR, 1 | 1 << 2);
        assertThat(maintenance()).isFalse();
    }

    @Test
    void noPendingIsSignalledWhenTheLastPendingInterruptIsTaken() {
        list(0, PENDING | 40);
        list(1, PENDING | ACTIVE | 41);
        gic.gich(0, HCR, 1 | 1 << 3);
        assertThat(maintenance()).isFalse();

        gic.gicv(0, IAR);

        assertThat(gic.gich(0, MISR)).isEqualTo(MISR_NP);
        assertThat(maintenance()).isTrue();
    }

    @Test
    void theGuestsGroupEnablesAreSignalledEachWay() {
        gic.gich(0, HCR, 1 | 0xf0);
        gic.gicv(0, CTLR, 0);
        assertThat(gic.gich(0, MISR)).isEqualTo(MISR_GRP0_DISABLED | MISR_GRP1_DISABLED);
        gic.gicv(0, CTLR, GROUP0);
        assertThat(gic.gich(0, MISR)).isEqualTo(MISR_GRP0_ENABLED | MISR_GRP1_DISABLED);
        gic.gich(0, VMCR, GROUP1);
        assertThat(gic.gich(0, MISR)).isEqualTo(MISR_GRP0_DISABLED | MISR_GRP1_ENABLED);

        gic.gich(0, HCR, 1 | MISR_GRP0_ENABLED);
        assertThat(maintenance()).isFalse();
        gic.gicv(0, CTLR, GROUP0);
        assertThat(maintenance()).isTrue();
    }

    @Test
    void theMaintenanceInterruptNeedsTheEnableBitButMisrDoesNot() {
        gic.gich(0, HCR, 1 << 3);
        assertThat(gic.gich(0, MISR)).isEqualTo(MISR_NP);
        assertThat(maintenance()).isFalse();

        gic.gich(0, HCR, 1 << 3 | 1);
        assertThat(maintenance()).isTrue();
    }

    @Test
    void theMaintenanceInterruptIsTakenAsPpi25OfItsCore() {
        gic.enablePrivate(0, GicV2.MAINTENANCE, 0x20);
        gic.enablePrivate(1, GicV2.MAINTENANCE, 0x20);

        gic.gich(0, HCR, 1 | 1 << 3);

        assertThat(gic.acknowledge(0)).isEqualTo(25);
        assertThat(gic.acknowledge(1)).isEqualTo(SPURIOUS);
    }

    @Test
    void vtrTellsFourListRegistersAndFiveBitsOfPriority() {
        assertThat(gic.gich(0, VTR)).isEqualTo(4 << 29 | 4 << 26 | 3);
    }
}
