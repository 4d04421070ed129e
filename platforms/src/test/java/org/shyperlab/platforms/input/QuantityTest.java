package org.shyperlab.platforms.input;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "512M,536870912",
        "2G,2147483648",
        "0x1000,4096",
        "4096,4096",
        "64K,65536",
        "1GiB,1073741824",
        "1_000,1000",
        "2 G,2147483648"
    })
    void sizesHaveUnits(String text, long bytes) {
        assertThat(Quantity.size(text)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "M", "-1", "1T", "1.5G", "0x", "9999999999G", "99999999999999999999", "1 0", "G2"})
    void whatIsNoSizeIsRefused(String text) {
        assertThat(Quantity.size(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10s,10000000000", "500ms,500000000", "20us,20000", "7ns,7", "1.5s,1500000000", "2m,120000000000"})
    void timesHaveUnits(String text, long nanos) {
        assertThat(Quantity.nanos(text)).hasValue(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1h", "999999999999m", "1.s", "1e9s"})
    void whatIsNoTimeIsRefused(String text) {
        assertThat(Quantity.nanos(text)).isEmpty();
    }

    @Test
    void sizesAreShownInTheLargestUnitThatFits() {
        assertThat(Quantity.sizeText(1L << 30)).isEqualTo("1 GiB");
        assertThat(Quantity.sizeText(0x4000)).isEqualTo("16 KiB");
        assertThat(Quantity.sizeText(1000)).isEqualTo("1000 B");
    }
}
