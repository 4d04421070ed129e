package org.shyperlab.hypervisor.vcpu.aarch64;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadStoreTest {
    private final LoadStore decoder = new LoadStore();

    @ParameterizedTest
    @CsvSource({
        // instruction, text, size, load, signed, wide, register, second, base, offset, write-back, post-index
        "b9400420, ldr w0 [x1 #4], 4, true, false, false, 0, -1, 1, 4, false, false",
        "f9400420, ldr x0 [x1 #8], 8, true, false, true, 0, -1, 1, 8, false, false",
        "39000c62, strb w2 [x3 #3], 1, false, false, false, 2, -1, 3, 3, false, false",
        "b8404420, ldr w0 [x1] #4, 4, true, false, false, 0, -1, 1, 4, true, true",
        "b85fcc20, ldr w0 [x1 #-4]!, 4, true, false, false, 0, -1, 1, -4, true, false",
        "b85fc020, ldur w0 [x1 #-4], 4, true, false, false, 0, -1, 1, -4, false, false",
        "b8404820, ldtr w0 [x1 #4], 4, true, false, false, 0, -1, 1, 4, false, false",
        "39c00020, ldrsb w0 [x1], 1, true, true, false, 0, -1, 1, 0, false, false",
        "39800020, ldrsb x0 [x1], 1, true, true, true, 0, -1, 1, 0, false, false",
        "79c00020, ldrsh w0 [x1], 2, true, true, false, 0, -1, 1, 0, false, false",
        "b9800020, ldrsw x0 [x1], 4, true, true, true, 0, -1, 1, 0, false, false",
        "f81f8fe0, str x0 [sp #-8]!, 8, false, false, true, 0, -1, 31, -8, true, false",
        "29400440, ldp w0 w1 [x2], 4, true, false, false, 0, 1, 2, 0, false, false",
        "a9410440, ldp x0 x1 [x2 #16], 8, true, false, true, 0, 1, 2, 16, false, false",
        "69400440, ldpsw x0 x1 [x2], 4, true, true, true, 0, 1, 2, 0, false, false",
        "a8810440, stp x0 x1 [x2] #16, 8, false, false, true, 0, 1, 2, 16, true, true",
        "a9bf0440, stp x0 x1 [x2 #-16]!, 8, false, false, true, 0, 1, 2, -16, true, false",
        "a8410440, ldnp x0 x1 [x2 #16], 8, true, false, true, 0, 1, 2, 16, false, false",
        "88dffc20, ldar w0 [x1], 4, true, false, false, 0, -1, 1, 0, false, false",
        "c89ffc20, stlr x0 [x1], 8, false, false, true, 0, -1, 1, 0, false, false"
    })
    void generalRegisterFormsAreDecoded(
            String word,
            String text,
            int size,
            boolean load,
            boolean signed,
            boolean wide,
            int register,
            int second,
            int base,
            long offset,
            boolean writeBack,
            boolean postIndex) {
        assertThat(decoder.decode(Integer.parseUnsignedInt(word, 16))).as(text).isTrue();
        assertThat(decoder.vector).isFalse();
        assertThat(new Object[] {
                    decoder.size,
                    decoder.load,
                    decoder.signed,
                    decoder.wide,
                    decoder.register,
                    decoder.second,
                    decoder.base,
                    decoder.offset,
                    decoder.writeBack,
                    decoder.postIndex
                })
                .as(text)
                .containsExactly(size, load, signed, wide, register, second, base, offset, writeBack, postIndex);
    }

    @ParameterizedTest
    @CsvSource({
        "3dc00020, ldr q0 [x1], 16, true, -1",
        "fd400020, ldr d0 [x1], 8, true, -1",
        "bd000020, str s0 [x1], 4, false, -1",
        "7d000020, str h0 [x1], 2, false, -1",
        "3d000020, str b0 [x1], 1, false, -1",
        "ad000440, stp q0 q1 [x2], 16, false, 1",
        "6d400440, ldp d0 d1 [x2], 8, true, 1",
        "2d400440, ldp s0 s1 [x2], 4, true, 1",
        "9c000040, ldr q0 label, 16, true, -1"
    })
    void vectorRegisterFormsAreDecoded(String word, String text, int size, boolean load, int second) {
        assertThat(decoder.decode((int) Long.parseLong(word, 16))).as(text).isTrue();
        assertThat(new Object[] {decoder.vector, decoder.size, decoder.load, decoder.second})
                .containsExactly(true, size, load, second);
    }

    @Test
    void registerOffsetsAreExtendedAndShifted() {
        assertThat(decoder.decode(0xb8627820)).as("ldr w0, [x1, x2, lsl #2]").isTrue();
        assertThat(decoder.index).isEqualTo(2);
        assertThat(decoder.indexOffset(5)).isEqualTo(20);
        assertThat(decoder.decode(0xb862c820)).as("ldr w0, [x1, w2, sxtw]").isTrue();
        assertThat(decoder.indexOffset(0xffff_fffcL)).isEqualTo(-4);
        assertThat(decoder.decode(0xf8625820)).as("ldr x0, [x1, w2, uxtw #3]").isTrue();
        assertThat(decoder.indexOffset(0xffff_ffff_0000_0002L)).isEqualTo(16);
    }

    @Test
    void loadedValuesAreExtendedAsTheInstructionSays() {
        decoder.decode(0x39c00020); // ldrsb w0, [x1]
        assertThat(decoder.extend(0x80)).isEqualTo(0xffff_ff80L);
        decoder.decode(0x39800020); // ldrsb x0, [x1]
        assertThat(decoder.extend(0x80)).isEqualTo(-0x80);
        decoder.decode(0x39400020); // ldrb w0, [x1]
        assertThat(decoder.extend(0x80)).isEqualTo(0x80);
        decoder.decode(0xb9800020); // ldrsw x0, [x1]
        assertThat(decoder.extend(0x8000_0000L)).isEqualTo(-0x8000_0000L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "885f7c20", // ldxr w0, [x1]
                "c85f7c20", // ldxr x0, [x1]
                "88007c41", // stxr
                "887f0440", // ldxp
                "c8a07c41", // cas
                "b8200041", // ldadd
                "4c407000", // ld1
                "f9800020", // prfm
                "d8000020", // prfm literal
                "d503201f", // nop
                "d4000001", // svc
                "8b010042", // add
                "14000000", // b
                "69000440", // stgp
                "d9200420" // stg
            })
    void whatIsNoPlainLoadOrStoreIsRefused(String word) {
        assertThat(decoder.decode((int) Long.parseLong(word, 16))).isFalse();
    }

    @Test
    void everyWordIsEitherRefusedOrDecodedToSomethingSane() {
        Random random = new Random(64);
        int decoded = 0;
        for (int i = 0; i < 2_000_000; i++) {
            if (!decoder.decode(random.nextInt())) {
                continue;
            }
            decoded++;
            boolean sane = Integer.bitCount(decoder.size) == 1
                    && decoder.size <= 16
                    && (decoder.size <= 8 || decoder.vector)
                    && decoder.register >= 0
                    && decoder.register < 32
                    && decoder.base >= 0
                    && decoder.base < 32
                    && decoder.second >= -1
                    && decoder.second < 32
                    && decoder.index >= -1
                    && decoder.index < 32
                    && (!decoder.postIndex || decoder.writeBack)
                    && (!decoder.signed || decoder.load);
            assertThat(sane).isTrue();
        }
        assertThat(decoded).isGreaterThan(100_000);
    }
}
