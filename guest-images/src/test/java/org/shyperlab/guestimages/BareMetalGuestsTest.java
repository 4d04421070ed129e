package org.shyperlab.guestimages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BareMetalGuestsTest {
    private static final List<String> EXPECTED = List.of("first", "g: PASS");

    @Test
    void aWrongNameIsRefusedWithTheNamesThatExist() {
        assertThatThrownBy(() -> BareMetalGuests.load("aarch64", "helo"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("aarch64/helo")
                .hasMessageContaining("hello, traps, timer, ipi, smp");
        assertThatThrownBy(() -> BareMetalGuests.load("riscv64", "latent"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("smp, bench, latency");
        assertThatThrownBy(() -> BareMetalGuests.consoleLines("m68k", "hello"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void changingALoadedImageDoesNotChangeTheNextOne() {
        byte[] image = BareMetalGuests.load("aarch64", "hello");
        byte first = image[0];
        image[0] = (byte) ~first;
        assertThat(BareMetalGuests.load("aarch64", "hello")[0]).isEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {BareMetalGuests.AARCH64, BareMetalGuests.RISCV64})
    void everyGuestEndsWithItsVerdict(String architecture) {
        assertThat(BareMetalGuests.all(architecture))
                .isNotEmpty()
                .allSatisfy(guest -> assertThat(BareMetalGuests.consoleLines(architecture, guest.name()))
                        .endsWith(guest.verdict()));
    }

    @Test
    void aConsoleWithOtherLinesBetweenTheExpectedOnesIsComplete() {
        assertThat(BareMetalGuest.firstMissingLine(EXPECTED, "noise\r\nfirst\r\nnoise\r\ng: PASS\r\n"))
                .isEmpty();
    }

    @Test
    void theFirstLineThatIsMissingOrOutOfOrderIsNamed() {
        assertThat(BareMetalGuest.firstMissingLine(EXPECTED, "g: PASS\nfirst\n"))
                .isEqualTo("g: PASS");
        assertThat(BareMetalGuest.firstMissingLine(EXPECTED, "firstly\ng: PASS\n"))
                .isEqualTo("first");
    }
}
