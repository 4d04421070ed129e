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
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    void aWholeImageTellsWhereItWantsToBe() {
        KernelImage kernel = KernelImage.of("Image", ARM64, image());
        assertThat(kernel.textOffset()).isEqualTo(0x80000);
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
    @ValueSource(ints = {0, 1, 63})
    void aFileShorterThanTheHeaderIsRefused(int length) {
        assertRefused(Arrays.copyOf(image(), length), "it has " + length + " bytes, and the Image header alone has 64");
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
    void aFileWithoutTheMagicNumberIsRefused() {
        assertRefused(new byte[100], "is not a arm64 Linux kernel", "offset 0x38", "0x644d5241");
    }

    @Test
    void aKernelOfTheOtherArchitectureIsNamed() {
        byte[] image = image();
        ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(0x38, RISCV64.magic());
        assertRefused(image, "it is a kernel for riscv64");
    }

    @Test
    void anElfFileIsNamed() {
        byte[] elf = Arrays.copyOf(new byte[] {0x7f, 'E', 'L', 'F'}, 100);
        assertRefused(elf, "it is an ELF file");
    }

    @Test
    void aHeaderWithAnImpossibleSizeIsRefused() {
        byte[] image = image();
        ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putLong(16, 0);
        assertRefused(image, "image_size is 0x0");
    }
}
