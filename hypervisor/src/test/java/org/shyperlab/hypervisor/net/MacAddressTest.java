package org.shyperlab.hypervisor.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MacAddressTest {
    @Test
    void itIsWrittenAsPeopleWriteIt() {
        assertThat(MacAddress.of(0x74, 0x56, 0xaa, 0x0f, 0x47, 0xd1)).hasToString("74:56:aa:0f:47:d1");
        assertThat(MacAddress.of(0, 0, 0, 0, 0, 1)).hasToString("00:00:00:00:00:01");
    }

    @Test
    void itsKindIsInTheFirstByte() {
        assertThat(MacAddress.isGroup(MacAddress.BROADCAST)).isTrue();
        assertThat(MacAddress.isGroup(MacAddress.of(1, 0, 0x5e, 0, 0, 1).bits()))
                .isTrue();
        assertThat(MacAddress.isStation(MacAddress.of(2, 0, 0, 0, 0, 1).bits())).isTrue();
        assertThat(MacAddress.isStation(0)).isFalse();
    }

    @Test
    void wrongBytesAreRefused() {
        assertThatThrownBy(() -> MacAddress.of(1, 2, 3, 4, 5)).hasMessageContaining("6 bytes, not 5");
        assertThatThrownBy(() -> MacAddress.of(1, 2, 3, 4, 5, 256)).hasMessageContaining("not 256");
        assertThatThrownBy(() -> new MacAddress(1L << 48)).hasMessageContaining("48 bits");
    }
}
