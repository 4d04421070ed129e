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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The committed bytes are those that the committed sources give. */
final class CommittedImagesTest {
    private static final Path COMMITTED = Path.of("src/main/resources/org/shyperlab/guestimages");

    @TempDir
    private Path rebuilt;

    @ParameterizedTest
    @ValueSource(strings = {BareMetalGuests.AARCH64, BareMetalGuests.RISCV64})
    void everyImageHasTheChecksumThatIsCommittedBesideIt(String architecture) throws Exception {
        List<String> sums = new ArrayList<>();
        for (BareMetalGuest guest : BareMetalGuests.all(architecture)) {
            sums.add(sha256(BareMetalGuests.load(architecture, guest.name())) + "  " + guest.name() + ".bin");
        }
        sums.add(sha256(Files.readAllBytes(COMMITTED.resolve(architecture).resolve("shyper"))) + "  shyper");
        assertThat(Files.readAllLines(COMMITTED.resolve(architecture).resolve("SHA256SUMS")))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(sums);
    }

    @ParameterizedTest
    @CsvSource({"aarch64, 41524d64, 0000080000000000", "riscv64, 52534305, 0000200000000000"})
    void everyImageStartsWithALinuxHeaderThatTellsItsOffsetAndItsWholeSize(
            String architecture, String magic, String offset) {
        assertThat(BareMetalGuests.all(architecture)).isNotEmpty().allSatisfy(guest -> {
            byte[] image = BareMetalGuests.load(architecture, guest.name());
            assertThat(HexFormat.of().formatHex(image, 56, 60)).isEqualTo(magic);
            assertThat(HexFormat.of().formatHex(image, 8, 16)).isEqualTo(offset);
            assertThat(BareMetalGuests.imageSize(image)).isBetween((long) image.length, 256L * 1024);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {BareMetalGuests.AARCH64, BareMetalGuests.RISCV64})
    void rebuildingGivesTheCommittedBytes(String architecture) throws Exception {
        String compiler = architecture + "-linux-gnu-gcc";
        assumeTrue(
                Programs.onPath(compiler),
                "%s is not installed (Debian: gcc-%s-linux-gnu): images not rebuilt".formatted(compiler, architecture));
        Process build = new ProcessBuilder("./build.sh", architecture, rebuilt.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(build.getInputStream().readAllBytes(), UTF_8);
        assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(build.exitValue()).as(output).isZero();

        Path committed = COMMITTED.resolve(architecture);
        String committedWith = Files.readString(committed.resolve("COMPILER"));
        String rebuiltWith = Files.readString(rebuilt.resolve("COMPILER"));
        assumeTrue(
                committedWith.equals(rebuiltWith),
                "the images were built with another compiler:\n" + committedWith + rebuiltWith);
        assertThat(Files.readString(rebuilt.resolve("SHA256SUMS")))
                .isEqualTo(Files.readString(committed.resolve("SHA256SUMS")));
        for (BareMetalGuest guest : BareMetalGuests.all(architecture)) {
            assertThat(Files.readAllBytes(rebuilt.resolve(guest.name() + ".bin")))
                    .as(guest.name())
                    .isEqualTo(BareMetalGuests.load(architecture, guest.name()));
        }
        assertThat(Files.readAllBytes(rebuilt.resolve("shyper")))
                .isEqualTo(Files.readAllBytes(committed.resolve("shyper")));
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
