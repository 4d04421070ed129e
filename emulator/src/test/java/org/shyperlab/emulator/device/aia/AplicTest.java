package org.shyperlab.emulator.device.aia;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RecordedErrors;

class AplicTest {
    private static final int DOMAINCFG = 0;
    private static final int SETIP = 0x1c00;
    private static final int SETIPNUM = 0x1cdc;
    private static final int IN_CLRIP = 0x1d00;
    private static final int CLRIPNUM = 0x1ddc;
    private static final int SETIE = 0x1e00;
    private static final int SETIENUM = 0x1edc;
    private static final int CLRIE = 0x1f00;
    private static final int CLRIENUM = 0x1fdc;
    private static final int SETIPNUM_LE = 0x2000;
    private static final int SETIPNUM_BE = 0x2004;
    private static final int GENMSI = 0x3000;
    private static final int TOPI = 0x18;
    private static final int CLAIMI = 0x1c;

    private static final int IE = 0x100;
    private static final int DM = 4;
    private static final int D = 0x400;
    private static final int DETACHED = 1;
    private static final int EDGE1 = 4;
    private static final int LEVEL1 = 6;
    private static final int LEVEL0 = 7;

    /** A message as it was written to the bus. */
    private record Message(long address, int data) {}

    private final RecordedErrors errors = new RecordedErrors();
    private final boolean[] machinePins = new boolean[4];
    private final boolean[] supervisorPins = new boolean[4];
    private final List<Message> messages = new ArrayList<>();
    private MsiBus bus = (address, data) -> messages.add(new Message(address, data));
    private final Aplic aplic = new Aplic(
            "aplic",
            new Aplic.Parameters(96, 3, 8),
            pins(machinePins),
            pins(supervisorPins),
            (address, data) -> bus.write(address, data),
            errors);
    private final MappedDevice root = aplic.machineDomain();
    private final MappedDevice child = aplic.supervisorDomain();

    private static InterruptLine[] pins(boolean[] levels) {
        InterruptLine[] lines = new InterruptLine[levels.length];
        for (int hart = 0; hart < lines.length; hart++) {
            int index = hart;
            lines[hart] = high -> levels[index] = high;
        }
        return lines;
    }

    private static int read(MappedDevice domain, int offset) {
        return (int) domain.read(0, offset, 4);
    }

    private static void write(MappedDevice domain, int offset, int value) {
        domain.write(0, offset, 4, value);
    }

    private static int sourcecfg(int source) {
        return 4 * source;
    }

    private static int target(int source) {
        return 0x3000 + 4 * source;
    }

    private static int idc(int hart, int register) {
        return 0x4000 + 32 * hart + register;
    }

    private static boolean pending(MappedDevice domain, int source) {
        return (read(domain, SETIP + 4 * (source / 32)) >>> source & 1) != 0;
    }

    /** Delegates sources and prepares direct delivery to all harts at supervisor level. */
    private void direct(int mode, int... sources) {
        write(child, DOMAINCFG, IE);
        for (int hart = 0; hart < 4; hart++) {
            write(child, idc(hart, 0), 1);
        }
        configure(mode, sources);
    }

    private void configure(int mode, int... sources) {
        for (int source : sources) {
            write(root, sourcecfg(source), D);
            write(child, sourcecfg(source), mode);
            write(child, SETIENUM, source);
        }
    }

    /** As OpenSBI leaves it for QEMU's virt board with four harts and three guest files, and as Linux then sets it up. */
    private void byMessages(int mode, int... sources) {
        write(root, 0x1bc0, 0x2_4000);
        write(root, 0x1bc4, 2 << 12);
        write(root, 0x1bc8, 0x2_8000);
        write(root, 0x1bcc, 2 << 20);
        write(child, DOMAINCFG, IE | DM);
        configure(mode, sources);
    }

    // ---- domains

    @Test
    void aSourceBelongsToTheRootUntilItIsDelegated() {
        write(child, sourcecfg(5), LEVEL1);
        assertThat(read(child, sourcecfg(5))).isZero();
        write(root, sourcecfg(5), D | 3);
        assertThat(read(root, sourcecfg(5))).as("the only child is number 0").isEqualTo(D);
        assertThat(read(child, sourcecfg(5))).isZero();
        write(child, sourcecfg(5), LEVEL1);
        assertThat(read(child, sourcecfg(5))).isEqualTo(LEVEL1);
        write(root, SETIENUM, 5);
        write(root, target(5), 3);
        assertThat(read(root, SETIE)).as("inactive in the root").isZero();
        assertThat(read(root, target(5))).isZero();
    }

    @Test
    void aSourceTakenBackLosesItsStateInTheChild() {
        direct(LEVEL1, 5);
        aplic.source(5).set(true);
        assertThat(supervisorPins[0]).isTrue();
        write(root, sourcecfg(5), LEVEL1);
        assertThat(supervisorPins[0]).isFalse();
        assertThat(read(child, sourcecfg(5))).isZero();
        assertThat(read(child, SETIE)).isZero();
        assertThat(pending(root, 5)).isTrue();
        write(root, sourcecfg(5), D);
        assertThat(read(child, sourcecfg(5))).isZero();
    }

    @Test
    void theLeafCannotDelegate() {
        write(root, sourcecfg(5), D);
        write(child, sourcecfg(5), LEVEL1);
        write(child, sourcecfg(5), D | LEVEL1);
        assertThat(read(child, sourcecfg(5))).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "2, 0", "3, 0", "4, 4", "5, 5", "6, 6", "7, 7", "0x3f8, 0"})
    void reservedSourceModesMeanInactive(String written, int mode) {
        write(root, sourcecfg(1), Integer.decode(written));
        assertThat(read(root, sourcecfg(1))).isEqualTo(mode);
    }

    @Test
    void domaincfgShowsItsByteOrderMarkAndIsLittleEndianOnly() {
        write(root, DOMAINCFG, 0x0000_0105);
        assertThat(read(root, DOMAINCFG)).isEqualTo(0x8000_0104);
        write(root, DOMAINCFG, 0x0100_0001);
        assertThat(read(root, DOMAINCFG)).isEqualTo(0x8000_0000);
    }

    @Test
    void bothLevelsDeliverAtTheSameTime() {
        direct(LEVEL1, 5);
        write(root, sourcecfg(6), LEVEL1);
        write(root, SETIENUM, 6);
        write(root, DOMAINCFG, IE);
        write(root, idc(1, 0), 1);
        write(root, target(6), 1 << 18 | 1);
        aplic.source(5).set(true);
        aplic.source(6).set(true);
        assertThat(supervisorPins).containsExactly(true, false, false, false);
        assertThat(machinePins).containsExactly(false, true, false, false);
    }

    // ---- pending bits in direct delivery (4.7)

    @Test
    void inDirectDeliveryALevelSourceIsPendingAsLongAsItsInputIsAsserted() {
        direct(LEVEL1, 5);
        write(child, SETIPNUM, 5);
        assertThat(pending(child, 5)).as("software cannot set it").isFalse();
        aplic.source(5).set(true);
        write(child, CLRIPNUM, 5);
        assertThat(read(child, idc(0, CLAIMI))).isEqualTo(5 << 16 | 1);
        assertThat(pending(child, 5))
                .as("neither software nor a claim clears it")
                .isTrue();
        aplic.source(5).set(false);
        assertThat(pending(child, 5)).isFalse();
        assertThat(supervisorPins[0]).isFalse();
    }

    @Test
    void anInvertedLevelSourceIsAssertedByALowWire() {
        direct(LEVEL0, 40);
        assertThat(supervisorPins[0]).as("the wire is low").isTrue();
        assertThat(read(child, IN_CLRIP + 4)).isEqualTo(1 << 8);
        aplic.source(40).set(true);
        assertThat(supervisorPins[0]).isFalse();
        assertThat(read(child, IN_CLRIP + 4)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"4, true", "5, false"})
    void anEdgeSourceIsPendingFromItsEdgeUntilClaimed(int mode, boolean to) {
        aplic.source(5).set(!to);
        direct(mode, 5);
        assertThat(pending(child, 5)).isFalse();
        aplic.source(5).set(to);
        aplic.source(5).set(!to);
        assertThat(pending(child, 5)).isTrue();
        assertThat(read(child, idc(0, TOPI))).isEqualTo(5 << 16 | 1);
        assertThat(read(child, idc(0, CLAIMI))).isEqualTo(5 << 16 | 1);
        assertThat(read(child, idc(0, CLAIMI))).isZero();
        write(child, SETIP, 1 << 5);
        assertThat(supervisorPins[0]).isTrue();
        write(child, IN_CLRIP, 1 << 5);
        assertThat(supervisorPins[0]).isFalse();
    }

    @Test
    void aDetachedSourceListensToSoftwareOnly() {
        direct(DETACHED, 5);
        aplic.source(5).set(true);
        assertThat(pending(child, 5)).isFalse();
        assertThat(read(child, IN_CLRIP)).isZero();
        write(child, SETIPNUM_LE, 5);
        assertThat(pending(child, 5)).isTrue();
        write(child, CLRIPNUM, 5);
        write(child, SETIPNUM_BE, 0x0500_0000);
        assertThat(read(child, idc(0, CLAIMI))).isEqualTo(5 << 16 | 1);
    }

    @Test
    void numbersThatAreNoSourcesAreIgnored() {
        for (int number : new int[] {0, 97, 1023, 1024, -1, Integer.MIN_VALUE}) {
            for (int register : new int[] {SETIPNUM, CLRIPNUM, SETIENUM, CLRIENUM, SETIPNUM_LE, SETIPNUM_BE}) {
                write(root, register, number);
                assertThat(read(root, register)).isZero();
            }
        }
        write(root, SETIP, -1);
        write(root, SETIE, -1);
        assertThat(read(root, SETIP) | read(root, SETIE)).as("all are inactive").isZero();
        assertThat(errors.texts()).isEmpty();
    }

    @Test
    void enablesAreSetAndClearedByNumberAndByBit() {
        configure(EDGE1, 1, 33, 96);
        assertThat(read(child, SETIE)).isEqualTo(2);
        assertThat(read(child, SETIE + 4)).isEqualTo(2);
        assertThat(read(child, SETIE + 12)).isEqualTo(1);
        write(child, CLRIENUM, 33);
        write(child, CLRIE, -1);
        assertThat(read(child, SETIE) | read(child, SETIE + 4)).isZero();
        write(child, SETIE + 4, -1);
        assertThat(read(child, SETIE + 4)).as("only the active one").isEqualTo(2);
        assertThat(read(child, CLRIE + 4)).isZero();
    }

    // ---- direct delivery (4.8)

    @Test
    void smallerPriorityNumbersWinAndAmongEqualsTheLowestSource() {
        direct(EDGE1, 10, 11, 12);
        write(child, target(10), 5);
        write(child, target(11), 2);
        write(child, target(12), 2);
        for (int source : new int[] {12, 11, 10}) {
            write(child, SETIPNUM, source);
        }
        assertThat(read(child, idc(0, CLAIMI))).isEqualTo(11 << 16 | 2);
        assertThat(read(child, idc(0, CLAIMI))).isEqualTo(12 << 16 | 2);
        assertThat(read(child, idc(0, CLAIMI))).isEqualTo(10 << 16 | 5);
    }

    @Test
    void aPriorityOfZeroBecomesOneAndUnimplementedBitsAreDropped() {
        direct(EDGE1, 10);
        write(child, target(10), 2 << 18 | 0xf8);
        assertThat(read(child, target(10))).isEqualTo(2 << 18 | 1);
        write(child, target(10), 0x3_ff00 | 0xff);
        assertThat(read(child, target(10))).isEqualTo(7);
    }

    @Test
    void theThresholdShutsOutItsPriorityAndHigherNumbers() {
        direct(EDGE1, 10);
        write(child, target(10), 3);
        write(child, SETIPNUM, 10);
        write(child, idc(0, 8), 3);
        assertThat(supervisorPins[0]).isFalse();
        assertThat(read(child, idc(0, TOPI))).isZero();
        write(child, idc(0, 8), 4);
        assertThat(supervisorPins[0]).isTrue();
    }

    @Test
    void interruptsGoToTheTargetedHartAndMoveWithTheTarget() {
        direct(LEVEL1, 10);
        aplic.source(10).set(true);
        write(child, target(10), 2 << 18 | 1);
        assertThat(supervisorPins).containsExactly(false, false, true, false);
        write(child, target(10), 3 << 18 | 1);
        assertThat(supervisorPins).containsExactly(false, false, false, true);
        write(child, target(10), 100 << 18 | 1);
        assertThat(supervisorPins).as("there is no hart 100").containsOnly(false);
    }

    @Test
    void theGlobalEnableAndIdeliveryGateThePinButNotTopi() {
        direct(LEVEL1, 10);
        aplic.source(10).set(true);
        write(child, DOMAINCFG, 0);
        assertThat(supervisorPins[0]).isFalse();
        assertThat(read(child, idc(0, TOPI))).isEqualTo(10 << 16 | 1);
        write(child, DOMAINCFG, IE);
        write(child, idc(0, 0), 0);
        assertThat(supervisorPins[0]).isFalse();
        write(child, idc(0, 0), 1);
        assertThat(supervisorPins[0]).isTrue();
    }

    @Test
    void aForcedInterruptIsSpuriousAndEndsWhenNothingIsClaimed() {
        direct(LEVEL1);
        write(child, idc(1, 4), 1);
        assertThat(supervisorPins).containsExactly(false, true, false, false);
        assertThat(read(child, idc(1, CLAIMI))).isZero();
        assertThat(supervisorPins[1]).isFalse();
        assertThat(read(child, idc(1, 4))).isZero();
    }

    // ---- delivery by messages (4.9)

    @Test
    void aMessageGoesToTheTargetsFileWithItsIdentityAndClearsThePendingBit() {
        byMessages(LEVEL1, 10);
        write(child, target(10), 3 << 18 | 2 << 12 | 77);
        aplic.source(10).set(true);
        assertThat(messages).containsExactly(new Message(0x2800_0000L + 3 * 0x4000 + 2 * 0x1000, 77));
        assertThat(pending(child, 10)).isFalse();
        assertThat(supervisorPins).containsOnly(false);
        aplic.source(10).set(false);
        aplic.source(10).set(true);
        assertThat(messages).hasSize(2);
    }

    @Test
    void aLevelSourceThatIsStillHighIsSentAgainWhenSoftwareAsksForIt() {
        byMessages(LEVEL1, 10);
        aplic.source(10).set(true);
        messages.clear();
        write(child, SETIPNUM_LE, 10);
        assertThat(messages).hasSize(1);
        aplic.source(10).set(false);
        write(child, SETIPNUM_LE, 10);
        assertThat(messages).as("the input is low").hasSize(1);
        assertThat(pending(child, 10)).isFalse();
    }

    @Test
    void whatIsPendingWhileDisabledIsSentWhenEnabledAndAFallenLevelIsForgotten() {
        byMessages(LEVEL1, 10, 11, 70);
        write(child, target(70), 9);
        write(child, DOMAINCFG, DM);
        for (int source : new int[] {10, 11, 70}) {
            aplic.source(source).set(true);
        }
        aplic.source(11).set(false);
        write(child, CLRIENUM, 10);
        assertThat(messages).isEmpty();
        write(child, DOMAINCFG, DM | IE);
        assertThat(messages).containsExactly(new Message(0x2800_0000L, 9));
        write(child, SETIENUM, 10);
        assertThat(messages).hasSize(2);
    }

    @Test
    void machineLevelMessagesGoToMachineLevelFilesWithoutAGuest() {
        byMessages(LEVEL1);
        write(root, DOMAINCFG, IE | DM);
        write(root, sourcecfg(9), EDGE1);
        write(root, target(9), 2 << 18 | 3 << 12 | 5);
        assertThat(read(root, target(9))).isEqualTo(2 << 18 | 5);
        write(root, SETIENUM, 9);
        write(root, SETIPNUM, 9);
        assertThat(messages).containsExactly(new Message(0x2400_0000L + (2 << 12), 5));
    }

    @Test
    void theHartIndexIsSplitInGroupsByTheAddressConfiguration() {
        byMessages(EDGE1, 9);
        // Groups of two harts, 2^24 bytes apart; supervisor files 2^(12+3) bytes apart; a base above 4 GiB.
        write(root, 0x1bc4, 0 << 24 | 2 << 16 | 1 << 12);
        write(root, 0x1bc8, 0x0010_0000);
        write(root, 0x1bcc, 3 << 20 | 0x8);
        write(child, target(9), 5 << 18 | 1 << 12 | 1);
        write(child, SETIPNUM, 9);
        long base = (8L << 32 | 0x0010_0000L) << 12;
        assertThat(messages).containsExactly(new Message(base | 2L << 24 | 1L << 15 | 1 << 12, 1));
    }

    @Test
    void lockedAddressesNeverChangeAgainUntilReset() {
        byMessages(EDGE1);
        write(root, 0x1bc4, 0x8000_0000 | 2 << 12);
        for (int register = 0x1bc0; register <= 0x1bcc; register += 4) {
            write(root, register, 0x123);
        }
        assertThat(read(root, 0x1bc0)).isEqualTo(0x2_4000);
        assertThat(read(root, 0x1bc4)).isEqualTo(0x8000_0000 | 2 << 12);
        assertThat(read(root, 0x1bc8)).isEqualTo(0x2_8000);
        root.reset();
        write(root, 0x1bc0, 0x123);
        assertThat(read(root, 0x1bc0)).isEqualTo(0x123);
    }

    @Test
    void anExtemporeMessageIsSentEvenWhileTheDomainIsDisabledButNotInDirectDelivery() {
        byMessages(EDGE1);
        write(child, DOMAINCFG, DM);
        write(child, GENMSI, 1 << 18 | 3 << 12 | 42);
        assertThat(messages).containsExactly(new Message(0x2800_4000L, 42));
        assertThat(read(child, GENMSI)).as("not busy").isEqualTo(1 << 18 | 42);
        write(child, DOMAINCFG, IE);
        write(child, GENMSI, 42);
        assertThat(read(child, GENMSI)).isZero();
        assertThat(messages).hasSize(1);
    }

    @Test
    void anIdentityKeepsOnlyItsImplementedBits() {
        byMessages(EDGE1, 9);
        write(child, target(9), 0xfff);
        assertThat(read(child, target(9))).isEqualTo(0xff);
    }

    @Test
    void messagesToTheAplicItselfEndAfterTheFirst() {
        byMessages(DETACHED, 9);
        bus = (address, data) -> {
            messages.add(new Message(address, data));
            write(child, SETIPNUM_LE, data);
        };
        write(child, target(9), 9);
        write(child, SETIPNUM, 9);
        assertThat(messages).hasSize(1);
        assertThat(errors.texts()).singleElement().asString().contains("causes another at the same APLIC");
    }

    @Test
    void resetOfTheRootEndsAllDelegation() {
        direct(LEVEL1, 5);
        aplic.source(5).set(true);
        root.reset();
        assertThat(supervisorPins[0]).isFalse();
        assertThat(read(child, sourcecfg(5))).isZero();
        assertThat(read(root, sourcecfg(5))).isZero();
        child.reset();
        assertThat(read(child, DOMAINCFG)).isEqualTo(0x8000_0000);
    }
}
