package org.shyperlab.emulator.device.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverlayStoreTest {
    private static final int CLUSTER = 4096;
    private static final int BYTES = 20 * CLUSTER + 1536;
    private static final int DATA_START = 8192;

    @TempDir
    private Path directory;

    private Path base;
    private Path overlay;
    private byte[] original;

    @BeforeEach
    void makeTheBase() throws IOException {
        original = new byte[BYTES];
        new Random(1).nextBytes(original);
        base = Files.write(directory.resolve("base"), original);
        overlay = directory.resolve("overlay");
    }

    private OverlayStore open() {
        return OverlayStore.open(base, overlay, text -> {});
    }

    private static byte[] sectors(int count, int value) {
        byte[] bytes = new byte[count * 512];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void theBaseShowsThroughAndIsNeverChanged() throws IOException {
        try (OverlayStore store = open()) {
            StoreRequest.write(store, 512, sectors(1, 7));
            byte[] expected = original.clone();
            Arrays.fill(expected, 512, 1024, (byte) 7);
            assertThat(StoreRequest.read(store, 0, BYTES)).isEqualTo(expected);
        }
        assertThat(Files.readAllBytes(base)).isEqualTo(original);
    }

    @Test
    void whatWasWrittenIsThereTheNextTime() {
        byte[] expected = original.clone();
        try (OverlayStore store = open()) {
            StoreRequest.write(store, 3 * CLUSTER + 512, sectors(20, 5));
            Arrays.fill(expected, 3 * CLUSTER + 512, 3 * CLUSTER + 512 + 20 * 512, (byte) 5);
            StoreRequest.write(store, BYTES - 512, sectors(1, 6));
            Arrays.fill(expected, BYTES - 512, BYTES, (byte) 6);
        }
        try (OverlayStore store = open()) {
            assertThat(StoreRequest.read(store, 0, BYTES)).isEqualTo(expected);
        }
    }

    private long roomOfOverlay() throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", overlay.toString()).start();
        try (var answer = stat.inputReader()) {
            return 512 * Long.parseLong(answer.readLine());
        }
    }

    @Test
    void itTakesTheRoomOfWhatWasWritten() throws IOException {
        try (OverlayStore store = open()) {
            // Blocks of the host's file system: header and last byte, at most 8 KiB each.
            assertThat(roomOfOverlay()).isLessThanOrEqualTo(16 << 10);
            StoreRequest.write(store, 0, sectors(1, 5));
            StoreRequest.flush(store);
            assertThat(roomOfOverlay()).isLessThanOrEqualTo(32 << 10);
        }
        assertThat(Files.size(overlay)).as("with holes").isEqualTo(DATA_START + BYTES);
    }

    @Test
    void itsFormatIsTheDocumentedOne() throws IOException {
        try (OverlayStore store = open()) {
            StoreRequest.write(store, 9 * CLUSTER, sectors(8, 5));
        }
        byte[] file = Files.readAllBytes(overlay);
        assertThat(new String(file, 0, 8, UTF_8)).isEqualTo("SHYPCOW1");
        assertThat(file[8] & 0xff | (file[9] & 0xff) << 8 | file[10] << 16).isEqualTo(BYTES);
        assertThat(file[4096]).isZero();
        assertThat(file[4097]).as("cluster 9").isEqualTo((byte) 2);
        assertThat(file[DATA_START + 9 * CLUSTER]).isEqualTo((byte) 5);
    }

    /** A power cut: what the file holds when everything after the last force is lost or came in any order. */
    @Test
    void aPowerCutLosesNothingThatWasFlushedAndDamagesNothing() throws IOException {
        Random random = new Random(3);
        for (int round = 0; round < 30; round++) {
            Files.deleteIfExists(overlay);
            byte[] flushed = original.clone();
            byte[] durable;
            byte[] later;
            try (OverlayStore store = open()) {
                for (int i = 0; i < 20; i++) {
                    int sector = random.nextInt(BYTES / 512);
                    byte[] data = sectors(1, random.nextInt());
                    StoreRequest.write(store, sector * 512L, data);
                    System.arraycopy(data, 0, flushed, sector * 512, 512);
                }
                StoreRequest.flush(store);
                durable = Files.readAllBytes(overlay);
                for (int i = 0; i < 20; i++) {
                    StoreRequest.write(store, random.nextInt(BYTES / 512) * 512L, sectors(1, random.nextInt()));
                }
                later = Files.readAllBytes(overlay);
            }
            // Any sectors of what came after the flush may have reached the disk.
            byte[] torn = Arrays.copyOf(durable, later.length);
            for (int at = 0; at < later.length; at += 512) {
                if (random.nextBoolean()) {
                    System.arraycopy(later, at, torn, at, Math.min(512, later.length - at));
                }
            }
            Files.write(overlay, torn);
            try (OverlayStore store = open()) {
                byte[] now = StoreRequest.read(store, 0, BYTES);
                for (int at = 0; at < BYTES; at += 512) {
                    byte[] sector = Arrays.copyOfRange(now, at, at + 512);
                    byte[] expected = Arrays.copyOfRange(flushed, at, at + 512);
                    byte[] rewritten = DATA_START + at < later.length
                            ? Arrays.copyOfRange(later, DATA_START + at, DATA_START + at + 512)
                            : expected;
                    assertThat(Arrays.equals(sector, expected) || Arrays.equals(sector, rewritten))
                            .as("round %d, byte %d: what was flushed, or what was written over it", round, at)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void anotherBaseOrAChangedOneIsRefused() throws IOException {
        open().close();
        Files.write(base, Arrays.copyOf(original, BYTES + 512));
        assertThatThrownBy(this::open)
                .hasMessage("The overlay %s is over a base of %d bytes; %s has %d."
                        .formatted(overlay, BYTES, base, BYTES + 512));
        byte[] changed = original.clone();
        changed[1030] ^= 1;
        Files.write(base, changed);
        assertThatThrownBy(this::open).hasMessageContaining("was changed after the overlay was made");
    }

    @Test
    void whatIsNoOverlayIsRefusedAndLeftAlone() throws IOException {
        byte[] letter = "Dear diary, ".repeat(1000).getBytes(UTF_8);
        Files.write(overlay, letter);
        assertThatThrownBy(this::open).hasMessage(overlay + " is not an overlay: it does not begin with SHYPCOW1.");
        assertThat(Files.readAllBytes(overlay)).isEqualTo(letter);
        Files.write(overlay, "short".getBytes(UTF_8));
        assertThatThrownBy(this::open).hasMessageContaining("is not an overlay");
        assertThat(Files.readString(overlay)).isEqualTo("short");
    }

    @Test
    void aDamagedMapIsRefused() throws IOException {
        try (OverlayStore store = open()) {
            StoreRequest.write(store, 0, sectors(1, 5));
        }
        byte[] good = Files.readAllBytes(overlay);
        byte[] beyond = good.clone();
        beyond[4096 + 2] = (byte) 0x80;
        Files.write(overlay, beyond);
        assertThatThrownBy(this::open).hasMessageContaining("clusters beyond the base's end");
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 4095, 4096, 4097, 8192, DATA_START + CLUSTER, DATA_START + BYTES - 1})
    void anOverlayThatWasCutOffIsRefusedAndNotTakenForAnEmptyOne(int length) throws IOException {
        try (OverlayStore store = open()) {
            StoreRequest.write(store, 0, sectors(1, 5));
        }
        byte[] cut = Arrays.copyOf(Files.readAllBytes(overlay), length);
        Files.write(overlay, cut);
        assertThatThrownBy(this::open)
                .hasMessage("The overlay %s is damaged: it has %d bytes, and was made with %d."
                        .formatted(overlay, length, DATA_START + BYTES));
        assertThat(Files.readAllBytes(overlay)).as("left alone").isEqualTo(cut);
    }

    @Test
    void theBaseCanBeUnderManyOverlaysAtOnce() {
        try (OverlayStore one = open();
                OverlayStore other = OverlayStore.open(base, directory.resolve("second"), text -> {})) {
            StoreRequest.write(one, 0, sectors(1, 1));
            StoreRequest.write(other, 0, sectors(1, 2));
            assertThat(StoreRequest.read(one, 0, 512)).isEqualTo(sectors(1, 1));
            assertThat(StoreRequest.read(other, 0, 512)).isEqualTo(sectors(1, 2));
        }
    }

    /** Random damage either is refused with a message that names the file, or leaves a disk that works. */
    @Test
    void noDamageOfTheFileIsMoreThanAMessage() throws IOException {
        try (OverlayStore store = open()) {
            for (int cluster = 0; cluster < 20; cluster += 3) {
                StoreRequest.write(store, cluster * (long) CLUSTER, sectors(1, cluster));
            }
        }
        byte[] good = Files.readAllBytes(overlay);
        Random random = new Random(5);
        int refused = 0;
        for (int round = 0; round < 400; round++) {
            byte[] bad = random.nextInt(3) == 0 ? Arrays.copyOf(good, 1 + random.nextInt(good.length)) : good.clone();
            for (int i = random.nextInt(4); i > 0; i--) {
                int limit = random.nextBoolean() ? Math.min(bad.length, 4104) : bad.length;
                bad[random.nextInt(limit)] = (byte) random.nextInt();
            }
            Files.write(overlay, bad);
            try (OverlayStore store = open()) {
                byte[] now = StoreRequest.read(store, 0, BYTES);
                StoreRequest.write(store, 0, now);
                assertThat(StoreRequest.read(store, 0, BYTES)).isEqualTo(now);
            } catch (StorageException expected) {
                refused++;
                assertThat(expected).hasMessageContaining(overlay.toString());
            }
        }
        assertThat(refused).isBetween(50, 350);
    }
}
