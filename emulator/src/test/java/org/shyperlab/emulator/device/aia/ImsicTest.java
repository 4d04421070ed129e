package org.shyperlab.emulator.device.aia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.shyperlab.emulator.core.riscv64.InterruptFile.EIDELIVERY;
import static org.shyperlab.emulator.core.riscv64.InterruptFile.EIE0;
import static org.shyperlab.emulator.core.riscv64.InterruptFile.EIP0;
import static org.shyperlab.emulator.core.riscv64.InterruptFile.EITHRESHOLD;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.core.riscv64.HartInterruptFiles;
import org.shyperlab.emulator.core.riscv64.InterruptFile;
import org.shyperlab.emulator.device.RecordedErrors;
import org.shyperlab.emulator.device.RecordedPins;

class ImsicTest {
    private final RecordedErrors errors = new RecordedErrors();
    private final RecordedPins[] pins = RecordedPins.of(2);
    private final Imsic imsic = new Imsic("imsic", 255, 3, pins, errors);

    private static void enableAll(InterruptFile file) {
        file.write(EIDELIVERY, 1);
        for (int n = 0; n < 4; n++) {
            file.write(EIE0 + 2 * n, -1);
        }
    }

    private void message(int hart, int page, int identity) {
        imsic.supervisorWindow().write(0, hart * 0x4000L + page * 0x1000L, 4, identity);
    }

    @Test
    void messagesReachTheFileWhosePageTheyAreWrittenTo() {
        for (int hart = 0; hart < 2; hart++) {
            HartInterruptFiles files = imsic.hart(hart);
            enableAll(files.machine());
            enableAll(files.supervisor());
            for (int guest = 1; guest <= files.guests(); guest++) {
                enableAll(files.guest(guest));
            }
        }
        message(1, 0, 9);
        message(0, 2, 10);
        message(1, 3, 11);
        imsic.machineWindow().write(0, 0x1000, 4, 12);

        assertThat(imsic.hart(1).supervisor().top()).isEqualTo(9 << 16 | 9);
        assertThat(imsic.hart(0).guest(2).top()).isEqualTo(10 << 16 | 10);
        assertThat(imsic.hart(1).guest(3).top()).isEqualTo(11 << 16 | 11);
        assertThat(imsic.hart(1).machine().top()).isEqualTo(12 << 16 | 12);
        assertThat(pins[0].supervisorExternal).isFalse();
        assertThat(pins[0].machineExternal).isFalse();
        assertThat(pins[0].guestExternal).isEqualTo(1 << 2);
        assertThat(pins[1].supervisorExternal).isTrue();
        assertThat(pins[1].machineExternal).isTrue();
        assertThat(pins[1].guestExternal).isEqualTo(1 << 3);
        assertThat(errors.texts()).isEmpty();
    }

    @Test
    void theLowestPendingAndEnabledIdentityIsOnTopUntilClaimed() {
        InterruptFile file = imsic.hart(0).supervisor();
        enableAll(file);
        message(0, 0, 200);
        message(0, 0, 64);
        message(0, 0, 63);
        file.write(EIE0, ~(1L << 63));
        assertThat(file.top()).isEqualTo(64 << 16 | 64);
        file.claim(file.top());
        assertThat(file.top()).isEqualTo(200 << 16 | 200);
        file.write(EIE0, 1L << 63);
        assertThat(file.top()).isEqualTo(63 << 16 | 63);
        file.claim(file.top());
        file.claim(file.top());
        assertThat(file.top()).isZero();
        assertThat(pins[0].supervisorExternal).isFalse();
        file.claim(file.top());
    }

    @Test
    void aClaimClearsTheIdentityThatWasShownEvenIfAnotherIsOnTopNow() {
        InterruptFile file = imsic.hart(0).supervisor();
        enableAll(file);
        message(0, 0, 20);
        int shown = file.top();
        message(0, 0, 10);
        file.claim(shown);
        assertThat(file.top()).isEqualTo(10 << 16 | 10);
        assertThat(file.read(EIP0)).isEqualTo(1L << 10);
    }

    @Test
    void theThresholdShutsOutItsIdentityAndHigherOnesUnlessItIsZero() {
        InterruptFile file = imsic.hart(0).supervisor();
        enableAll(file);
        message(0, 0, 30);
        file.write(EITHRESHOLD, 30);
        assertThat(file.top()).isZero();
        assertThat(pins[0].supervisorExternal).isFalse();
        file.write(EITHRESHOLD, 31);
        assertThat(file.top()).isEqualTo(30 << 16 | 30);
        assertThat(pins[0].supervisorExternal).isTrue();
        file.write(EITHRESHOLD, 0x1_0100);
        assertThat(file.read(EITHRESHOLD)).as("eight bits for 255 identities").isZero();
    }

    @Test
    void withoutDeliveryTheTopIsShownButThePinStaysLow() {
        InterruptFile file = imsic.hart(0).machine();
        enableAll(file);
        file.write(EIDELIVERY, 0x4000_0000);
        assertThat(file.read(EIDELIVERY))
                .as("delivery from a PLIC is not supported")
                .isZero();
        imsic.machineWindow().write(0, 0, 4, 5);
        assertThat(file.top()).isEqualTo(5 << 16 | 5);
        assertThat(pins[0].machineExternal).isFalse();
        file.write(EIDELIVERY, 1);
        assertThat(pins[0].machineExternal).isTrue();
    }

    @Test
    void identityZeroAndThoseBeyondTheLastDoNotExist() {
        InterruptFile file = imsic.hart(0).supervisor();
        enableAll(file);
        for (int identity : new int[] {0, 256, 1023, -1, Integer.MIN_VALUE}) {
            message(0, 0, identity);
        }
        assertThat(file.top()).isZero();
        file.write(EIP0, -1);
        assertThat(file.read(EIP0)).isEqualTo(-2);
        assertThat(file.read(EIE0)).isEqualTo(-2);
        file.write(EIP0 + 8, -1);
        file.write(EIE0 + 62, -1);
        assertThat(file.read(EIP0 + 8)).isZero();
        assertThat(file.read(EIE0 + 62)).isZero();
    }

    @Test
    void bigEndianMessagesAreTakenAtTheSecondWordAndPagesReadAsZero() {
        InterruptFile file = imsic.hart(0).supervisor();
        enableAll(file);
        imsic.supervisorWindow().write(0, 4, 4, 0x0700_0000);
        assertThat(file.top()).isEqualTo(7 << 16 | 7);
        assertThat(imsic.supervisorWindow().read(0, 0, 4)).isZero();
        assertThat(imsic.supervisorWindow().read(0, 4, 4)).isZero();
        assertThat(errors.texts()).isEmpty();
    }

    @Test
    void resettingAWindowResetsItsFilesOnly() {
        enableAll(imsic.hart(1).machine());
        enableAll(imsic.hart(1).guest(1));
        imsic.machineWindow().write(0, 0x1000, 4, 3);
        message(1, 1, 4);
        imsic.supervisorWindow().reset();
        assertThat(pins[1].guestExternal).isZero();
        assertThat(imsic.hart(1).guest(1).read(EIE0)).isZero();
        assertThat(pins[1].machineExternal).isTrue();
        imsic.machineWindow().reset();
        assertThat(pins[1].machineExternal).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 0x1000, 0", "1, 0x2000, 1", "3, 0x4000, 2", "4, 0x8000, 3", "7, 0x8000, 3", "63, 0x40000, 6"})
    void aHartsPagesArePaddedToAPowerOfTwo(int guests, String stride, int bits) {
        assertThat(Imsic.hartStride(guests)).isEqualTo(Integer.decode(stride));
        assertThat(Imsic.guestIndexBits(guests)).isEqualTo(bits);
        assertThat(new Imsic("i", 63, guests, pins, errors).supervisorWindow().size())
                .isEqualTo(2L * Integer.decode(stride));
    }

    @Test
    void thePaddingTakesNoMessages() {
        Imsic two = new Imsic("i", 63, 2, pins, errors);
        two.supervisorWindow().write(0, 0x3000, 4, 1);
        assertThat(errors.texts()).containsExactly("i-s: write of 4 bytes at offset 0x3000, where no register is");
        assertThatThrownBy(() -> new Imsic("i", 256, 3, pins, errors)).hasMessageContaining("not at 256");
        assertThatThrownBy(() -> new Imsic("i", 255, 64, pins, errors))
                .hasMessageContaining("0 to 63 guest interrupt files");
    }

    @ParameterizedTest
    @CsvSource({"63, 1", "255, 2", "2047, 3"})
    void behavesAsAModelMadeOfSets(int identities, long seed) {
        Random random = new Random(seed);
        ImsicFile file = new ImsicFile(identities, high -> pins[0].machineExternal = high);
        TreeSet<Integer> pending = new TreeSet<>();
        TreeSet<Integer> enabled = new TreeSet<>();
        int threshold = 0;
        boolean delivers = false;
        int asserted = 0;
        for (int step = 0; step < 40_000; step++) {
            switch (random.nextInt(7)) {
                case 0, 1 -> {
                    int identity = random.nextInt(identities + 20);
                    file.receive(identity);
                    if (identity >= 1 && identity <= identities) {
                        pending.add(identity);
                    }
                }
                case 2 -> {
                    delivers = random.nextInt(4) != 0;
                    file.write(EIDELIVERY, delivers ? 1 : 0);
                }
                case 3 -> {
                    threshold = random.nextInt(3) == 0 ? random.nextInt(identities + 1) : 0;
                    file.write(EITHRESHOLD, threshold);
                }
                case 4 -> writeWord(file, EIP0, pending, identities, random);
                case 5 -> writeWord(file, EIE0, enabled, identities, random);
                default -> {
                    int top = file.top();
                    file.claim(top);
                    pending.remove(top >>> 16);
                }
            }
            TreeSet<Integer> both = new TreeSet<>(pending);
            both.retainAll(enabled);
            int best = both.isEmpty() || threshold != 0 && both.first() >= threshold ? 0 : both.first();
            assertThat(file.top()).as("step %d", step).isEqualTo(best << 16 | best);
            assertThat(pins[0].machineExternal).isEqualTo(delivers && best != 0);
            asserted += delivers && best != 0 ? 1 : 0;
        }
        assertThat(asserted).isGreaterThan(4000);
    }

    private static void writeWord(ImsicFile file, int first, TreeSet<Integer> model, int identities, Random random) {
        int word = random.nextInt(32);
        long bits = random.nextLong() >>> random.nextInt(64);
        file.write(first + 2 * word, bits);
        long expected = 0;
        for (int identity = word * 64; identity < word * 64 + 64; identity++) {
            boolean on = (bits >>> identity & 1) != 0 && identity >= 1 && identity <= identities;
            model.remove(identity);
            if (on) {
                model.add(identity);
                expected |= 1L << identity;
            }
        }
        assertThat(file.read(first + 2 * word)).isEqualTo(expected);
    }
}
