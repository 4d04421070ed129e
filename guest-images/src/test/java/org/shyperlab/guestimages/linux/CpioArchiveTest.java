package org.shyperlab.guestimages.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CpioArchiveTest {
    @Test
    void entriesAreWrittenInTheOrderOfTheirPathsWithoutTimeAndOwner() {
        byte[] archive = new CpioArchive()
                .file("b", 0644, "hello".getBytes(StandardCharsets.UTF_8))
                .directory("a")
                .bytes();
        String expected = "070701" + "00000001" + "000041ED" + "00000000".repeat(2) + "00000002" + "00000000".repeat(6)
                + "00000002"
                + "00000000" + "a\0"
                + "070701" + "00000002" + "000081A4" + "00000000".repeat(2) + "00000001" + "00000000" + "00000005"
                + "00000000".repeat(4)
                + "00000002" + "00000000" + "b\0" + "hello\0\0\0"
                + "070701" + "00000000".repeat(4) + "00000001" + "00000000".repeat(6) + "0000000B" + "00000000"
                + "TRAILER!!!\0" + "\0\0\0";
        assertThat(new String(archive, StandardCharsets.US_ASCII)).isEqualTo(expected);
    }

    @Test
    void aDeviceCarriesItsNumbersAndALinkItsTarget() {
        String archive = new String(
                new CpioArchive().device("console", 5, 1).link("sh", "busybox").bytes(), StandardCharsets.US_ASCII);
        assertThat(archive)
                .contains("00002180")
                .contains("00000005" + "00000001" + "00000008" + "00000000" + "console\0");
        assertThat(archive).contains("0000A1FF").contains("sh\0\0\0\0busybox\0");
    }

    @Test
    void aPathIsRelativeAndOccursOnce() {
        CpioArchive archive = new CpioArchive().directory("a");
        assertThatThrownBy(() -> archive.directory("a")).hasMessageContaining("twice in one archive: a");
        assertThatThrownBy(() -> archive.directory("/etc")).hasMessageContaining("'/etc'");
    }
}
