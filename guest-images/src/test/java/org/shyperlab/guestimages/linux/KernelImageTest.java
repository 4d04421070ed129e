package org.shyperlab.guestimages.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.shyperlab.guestimages.linux.GuestArchitecture.ARM64;
import static org.shyperlab.guestimages.linux.GuestArchitecture.RISCV64;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelImageTest {
    private static final int SIZE = 4096;
    private static final int MEMORY = 6000;

    /** An arm64 Image with a PE header whose last section ends with the file. */
    private static byte[] image() {
        ByteBuffer image = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        image.putShort(0, (short) 0x5a4d)
                .putLong(8, 0x80000)
                .putLong(16, MEMORY)
                .putInt(0x38, 0x644d5241)
                .putInt(0x3c, 64);
        image.putShort(64 + 6, (short) 2).putShort(64 + 20, (short) 160);
        int sections = 64 + 24 + 160;
        image.putInt(sections + 16, 1000).putInt(sections + 20, 1024);
        image.putInt(sections + 40 + 16, 1048).putInt(sections + 40 + 20, SIZE - 1048);
        return image.array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static void assertRefused(byte[] file, String... parts) {
        assertThatThrownBy(() -> KernelImage.of("my/Image", ARM64, file))
                .isInstanceOf(KernelImageException.class)
                .hasMessageContainingAll("my/Image")
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aRiscVKernelWantsToBeTwoMebibytesIntoMemory() {
        byte[] image = image();
        ByteBuffer.wrap(image)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(8, 2 << 20)
                .putInt(0x38, 0x05435352);
        assertThat(KernelImage.of("Image", RISCV64, image).address(0x8000_0000L))
                .isEqualTo(0x8020_0000L);
    }

    @Test
    void aWholeImageTellsWhereItWantsToBe() {
        KernelImage kernel = KernelImage.of("Image", ARM64, image());
        assertThat(kernel.format()).isEqualTo(KernelImage.Format.LINUX);
        assertThat(kernel.address(0x4000_0000L)).isEqualTo(0x4028_0000L);
        assertThat(kernel.memorySize()).isEqualTo(MEMORY);
        assertThat(kernel.bytes()).hasSize(SIZE);
    }

    @Test
    void anImagePackedByGzipIsUnpacked() throws IOException {
        assertThat(KernelImage.of("Image.gz", ARM64, gzip(image())).bytes()).isEqualTo(image());
    }

    @ParameterizedTest
    @ValueSource(ints = {SIZE - 1, 2000, 200, 70})
    void aTruncatedImageIsRefusedWithBothSizes(int length) {
        assertRefused(Arrays.copyOf(image(), length), "is truncated: it has " + length + " bytes", "at least");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void aFileShorterThanAnInstructionIsRefused(int length) {
        assertRefused(new byte[length], "is not a kernel: it has " + length + " bytes");
    }

    @Test
    void aFileWithoutHeaderIsAFlatBinaryAtItsUsualPlace() {
        byte[] branchToItself = {0, 0, 0, 0x14};
        KernelImage kernel = KernelImage.of("loop.bin", ARM64, branchToItself);
        assertThat(kernel.format()).isEqualTo(KernelImage.Format.FLAT);
        assertThat(kernel.address(0x4000_0000L)).isEqualTo(0x4008_0000L);
        assertThat(kernel.bytes()).isEqualTo(branchToItself);
        assertThat(kernel.memorySize()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "fd377a585a000000, packed by xz",
        "28b52ffd00000000, packed by zstd",
        "d00dfeed00000000, a device tree",
        "27051956aabbccdd, a U-Boot image",
        "4d5a00007a696d67, an EFI zboot kernel",
        "4d5a000000000000, an EFI program",
        "2321206162630a0d, text",
        "0000000000000000, no program: it starts with zeros",
    })
    void aFileThatIsSomethingElseIsNamed(String start, String words) {
        assertRefused(
                Arrays.copyOf(HexFormat.of().parseHex(start), start.startsWith("2321") ? 8 : 100),
                "not a kernel for arm64: it is " + words);
    }

    @Test
    void truncatedGzipDataIsRefused() throws IOException {
        byte[] packed = gzip(image());
        assertRefused(Arrays.copyOf(packed, packed.length / 2), "is truncated: its gzip data ends in the middle");
    }

    @Test
    void damagedGzipDataIsRefused() throws IOException {
        byte[] packed = gzip(image());
        packed[3] = (byte) 0xff;
        packed[12] ^= 0x55;
        assertRefused(packed, "gzip");
    }

    @Test
    void aKernelOfTheOtherArchitectureIsNamed() {
        byte[] image = image();
        ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(0x38, RISCV64.magic());
        assertRefused(image, "it is a Linux kernel for riscv64");
    }

    @Test
    void aHeaderWithAnImpossibleSizeIsRefused() {
        byte[] image = image();
        ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putLong(16, 0);
        assertRefused(image, "image_size is 0x0");
    }
}
