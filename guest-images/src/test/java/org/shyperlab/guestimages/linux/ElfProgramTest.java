package org.shyperlab.guestimages.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.shyperlab.guestimages.linux.GuestArchitecture.ARM64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElfProgramTest {
    private static final int TEXT = 64;
    private static final int DATA = TEXT + 56;
    private static final int CONTENTS = DATA + 56;
    private static final long VIRTUAL = 0xffff_0000_0000_0000L;
    private static final long PHYSICAL = 0x4010_0000L;

    /** Text of 8 bytes, entered at its second word and linked to another address; data of 4 bytes 16 further, with 12 bytes of zeros. */
    private static byte[] elf(Consumer<ByteBuffer> change) {
        ByteBuffer file = ByteBuffer.allocate(CONTENTS + 12).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0x464c457f)
                .put(4, (byte) 2)
                .put(5, (byte) 1)
                .putShort(16, (short) 2)
                .putShort(18, (short) 183);
        file.putLong(24, VIRTUAL + 4).putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 2);
        segment(file, TEXT, CONTENTS, 0, 8, 8);
        segment(file, DATA, CONTENTS + 8, 16, 4, 16);
        file.putLong(CONTENTS, 0x1111_1111_2222_2222L).putInt(CONTENTS + 8, 0x3333_3333);
        change.accept(file);
        return file.array();
    }

    private static void segment(ByteBuffer file, int at, int offset, long address, long fileSize, long memorySize) {
        file.putInt(at, 1)
                .putLong(at + 8, offset)
                .putLong(at + 16, VIRTUAL + address)
                .putLong(at + 24, PHYSICAL + address);
        file.putLong(at + 32, fileSize).putLong(at + 40, memorySize);
    }

    private static void assertRefused(Consumer<ByteBuffer> change, String... parts) {
        assertThatThrownBy(() -> KernelImage.of("my.elf", ARM64, elf(change)))
                .isInstanceOf(KernelImageException.class)
                .hasMessageContaining("my.elf")
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }

    @Test
    void segmentsComeToTheirPhysicalAddressesAndTheEntryPointWithThem() {
        KernelImage kernel = KernelImage.of("my.elf", ARM64, elf(file -> {}));
        assertThat(kernel.format()).isEqualTo(KernelImage.Format.ELF);
        assertThat(kernel.address(0x4000_0000L)).isEqualTo(PHYSICAL);
        assertThat(kernel.entryOffset()).isEqualTo(4);
        assertThat(kernel.memorySize()).isEqualTo(32);
        ByteBuffer bytes = ByteBuffer.wrap(kernel.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.limit()).isEqualTo(20);
        assertThat(bytes.getLong(0)).isEqualTo(0x1111_1111_2222_2222L);
        assertThat(bytes.getLong(8)).isZero();
        assertThat(bytes.getInt(16)).isEqualTo(0x3333_3333);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 63, 64, 100, CONTENTS + 11})
    void aTruncatedFileIsRefused(int length) {
        assertThatThrownBy(() -> KernelImage.of("my.elf", ARM64, Arrays.copyOf(elf(file -> {}), length)))
                .isInstanceOf(KernelImageException.class)
                .hasMessageContaining("my.elf is truncated: it has " + length + " bytes");
    }

    @Test
    void anotherMachineIsNamed() {
        assertRefused(file -> file.putShort(18, (short) 62), "it is for machine 62, and arm64 is 183");
    }

    @Test
    void thirtyTwoBitAndBigEndianFilesAreRefused() {
        assertRefused(file -> file.put(4, (byte) 1), "not a 64-bit little-endian one");
        assertRefused(file -> file.put(5, (byte) 2), "not a 64-bit little-endian one");
    }

    @Test
    void anObjectFileIsRefused() {
        assertRefused(file -> file.putShort(16, (short) 1), "it is not linked");
    }

    @Test
    void aFileWithNothingToLoadIsRefused() {
        assertRefused(file -> file.putShort(56, (short) 0), "it has no segment to load");
    }

    @Test
    void aLinuxKernelLinkedToVirtualAddressesIsRefusedWithAdvice() {
        assertRefused(
                file -> file.putLong(TEXT + 24, VIRTUAL),
                "0xffff000000000000, which is no physical address",
                "arch/arm64/boot/Image");
    }

    @Test
    void segmentsTooFarApartAreRefused() {
        assertRefused(file -> file.putLong(DATA + 24, 0x40_4010_0000L), "1 GiB is the most");
    }

    @Test
    void anEntryPointOutsideTheSegmentsIsRefused() {
        assertRefused(file -> file.putLong(24, 0x1234), "its entry point 0x1234 is in no segment");
    }

    @Test
    void headersThatPointOutsideTheFileAreRefused() {
        assertRefused(file -> file.putLong(32, -8), "is truncated");
        assertRefused(file -> file.putLong(TEXT + 8, Long.MAX_VALUE), "is truncated");
        assertRefused(file -> file.putLong(TEXT + 32, -1), "is truncated");
        assertRefused(file -> file.putLong(TEXT + 40, 1), "0x8 bytes in the file and 0x1 in memory");
    }

    /** Extreme values anywhere in the headers, and files that end anywhere. */
    @Test
    void anyDamageIsRefusedInWordsOrHarmless() {
        Random random = new Random(4);
        long[] values = {
            0, 1, 2, 0xff, 0x7fff, 0xffff, Integer.MAX_VALUE, 0xffff_ffffL, Long.MAX_VALUE, Long.MIN_VALUE, -1, -8
        };
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] file = elf(whole -> {
                for (int changes = random.nextInt(3); changes >= 0; changes--) {
                    int at = random.nextInt(CONTENTS - 8);
                    long value = values[random.nextInt(values.length)];
                    switch (random.nextInt(4)) {
                        case 0 -> whole.put(at, (byte) value);
                        case 1 -> whole.putShort(at & ~1, (short) value);
                        case 2 -> whole.putInt(at & ~3, (int) value);
                        default -> whole.putLong(at & ~7, value);
                    }
                }
            });
            byte[] cut = random.nextInt(8) == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file;
            try {
                KernelImage kernel = KernelImage.of("my.elf", ARM64, cut);
                assertThat(kernel.bytes().length).isLessThanOrEqualTo(1 << 30);
                assertThat(kernel.memorySize()).isGreaterThanOrEqualTo(kernel.bytes().length);
                accepted++;
            } catch (KernelImageException refused) {
                assertThat(refused).hasMessageContaining("my.elf").hasMessageNotContaining("\n");
            }
        }
        assertThat(accepted).as("some changes do no harm").isBetween(100, 19_000);
    }
}
