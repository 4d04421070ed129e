package org.shyperlab.guestimages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed bytes are those that the committed sources give. */
final class CommittedImagesTest {
    private static final Path COMMITTED = Path.of("src/main/resources/org/shyperlab/guestimages/aarch64");
    private static final String COMPILER = "aarch64-linux-gnu-gcc";

    @TempDir
    private Path rebuilt;

    @Test
    void everyImageHasTheChecksumThatIsCommittedBesideIt() throws Exception {
        List<String> sums = new ArrayList<>();
        for (BareMetalGuest guest : BareMetalGuests.all(BareMetalGuests.AARCH64)) {
            byte[] image = BareMetalGuests.load(BareMetalGuests.AARCH64, guest.name());
            sums.add(sha256(image) + "  " + guest.name() + ".bin");
        }
        assertThat(Files.readAllLines(COMMITTED.resolve("SHA256SUMS"))).containsExactlyInAnyOrderElementsOf(sums);
    }

    @Test
    void everyImageStartsWithAnArm64HeaderThatTellsItsOffsetAndItsWholeSize() {
        for (BareMetalGuest guest : BareMetalGuests.all(BareMetalGuests.AARCH64)) {
            byte[] image = BareMetalGuests.load(BareMetalGuests.AARCH64, guest.name());
            assertThat(HexFormat.of().formatHex(image, 56, 60)).as(guest.name()).isEqualTo("41524d64");
            assertThat(HexFormat.of().formatHex(image, 8, 16)).as(guest.name()).isEqualTo("0000080000000000");
            assertThat(BareMetalGuests.imageSize(image)).as(guest.name()).isBetween((long) image.length, 256L * 1024);
        }
    }

    @Test
    void rebuildingGivesTheCommittedBytes() throws Exception {
        assumeTrue(Programs.onPath(COMPILER), COMPILER + " is not installed (Debian: gcc-aarch64-linux-gnu): images not rebuilt");
        Process build = new ProcessBuilder("./build.sh", rebuilt.toString()).redirectErrorStream(true).start();
        String output = new String(build.getInputStream().readAllBytes(), UTF_8);
        assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(build.exitValue()).as(output).isZero();

        String committedWith = Files.readString(COMMITTED.resolve("COMPILER"));
        String rebuiltWith = Files.readString(rebuilt.resolve("COMPILER"));
        assumeTrue(committedWith.equals(rebuiltWith), "the images were built with another compiler:\n" + committedWith + rebuiltWith);
        assertThat(Files.readString(rebuilt.resolve("SHA256SUMS"))).isEqualTo(Files.readString(COMMITTED.resolve("SHA256SUMS")));
        for (BareMetalGuest guest : BareMetalGuests.all(BareMetalGuests.AARCH64)) {
            assertThat(Files.readAllBytes(rebuilt.resolve(guest.name() + ".bin")))
                    .as(guest.name())
                    .isEqualTo(BareMetalGuests.load(BareMetalGuests.AARCH64, guest.name()));
        }
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
