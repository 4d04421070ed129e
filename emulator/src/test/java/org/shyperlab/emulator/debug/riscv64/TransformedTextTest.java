package org.shyperlab.emulator.debug.riscv64;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransformedTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00002503 | load of 4 bytes into a0 with sign extension",
                "00006503 | load of 4 bytes into a0",
                "00003503 | load of 8 bytes into a0",
                "00004501 | load of 1 byte into a0, compressed",
                "00003507 | load of 8 bytes into fa0",
                "00b03023 | store of 8 bytes from a1",
                "00b02021 | store of 4 bytes from a1, compressed",
                "00a03027 | store of 8 bytes from fa0",
                "1000252f | lr of 4 bytes into a0",
                "18c0352f | sc of 8 bytes with a2 into a0",
                "00c0252f | amoadd of 4 bytes with a2 into a0",
                "00023503 | load of 8 bytes into a0, 4 bytes into a misaligned access",
                "00003000 | the walk's read of a VS-stage entry",
                "00003020 | the walk's write of a VS-stage entry's A and D bits",
                "00000000 | no instruction is told",
                "00000002 | custom value",
            })
    void htinstTellsTheAccess(String htinst, String text) {
        assertThat(TransformedText.inWords(Integer.parseUnsignedInt(htinst, 16)))
                .isEqualTo(text);
    }

    @Test
    void everyValueHasSomeText() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 300_000; i++) {
            assertThat(TransformedText.inWords(random.nextInt())).isNotBlank();
        }
    }
}
