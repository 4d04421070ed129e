package org.shyperlab.emulator.device.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.device.storage.BlockRequest.Operation;

/** What every store does, and what is the raw file's own. */
class StoresTest {
    /** Sizes that are not whole clusters or chunks. */
    private static final int BYTES = 301 * 512;

    @TempDir
    private Path directory;

    /** The stores that keep what they are given at once. */
    enum Kind {
        MEMORY(directory -> new MemoryStore(BYTES)),
        FILE(directory -> FileStore.open(fresh(directory.resolve("raw")), false, text -> {})),
        OVERLAY(directory ->
                OverlayStore.open(fresh(directory.resolve("base")), directory.resolve("over"), text -> {}));

        private final Function<Path, BlockStore> open;

        Kind(Function<Path, BlockStore> open) {
            this.open = open;
        }
    }

    private static Path fresh(Path file) {
        try {
            return Files.write(file, new byte[BYTES]);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void readsAreWhatTheLastWritesLeft(Kind kind) {
        byte[] model = new byte[BYTES];
        Random random = new Random(kind.ordinal());
        try (BlockStore store = kind.open.apply(directory)) {
            assertThat(store.size()).isEqualTo(BYTES);
            assertThat(store.isReadOnly()).isFalse();
            for (int i = 0; i < 2000; i++) {
                int sector = random.nextInt(BYTES / 512);
                int sectors = 1 + random.nextInt(Math.min(40, BYTES / 512 - sector));
                int offset = sector * 512;
                switch (random.nextInt(5)) {
                    case 0, 1 -> {
                        byte[] data = new byte[sectors * 512];
                        random.nextBytes(data);
                        StoreRequest.write(store, offset, data);
                        System.arraycopy(data, 0, model, offset, data.length);
                    }
                    case 2 -> StoreRequest.flush(store);
                    default -> {
                        byte[] expected = new byte[sectors * 512];
                        System.arraycopy(model, offset, expected, 0, expected.length);
                        assertThat(StoreRequest.read(store, offset, expected.length))
                                .isEqualTo(expected);
                    }
                }
            }
            assertThat(StoreRequest.read(store, 0, BYTES)).isEqualTo(model);
        }
    }

    @Test
    void aRawFileIsTheDiskByteForByte() throws IOException {
        Path file = fresh(directory.resolve("raw"));
        try (FileStore store = FileStore.open(file, false, text -> {})) {
            StoreRequest.write(
                    store, 1024, "hello".repeat(1024).substring(0, 512).getBytes(UTF_8));
        }
        assertThat(Files.readString(file).substring(1024, 1029)).isEqualTo("hello");
        assertThat(Files.size(file)).isEqualTo(BYTES);
    }

    @Test
    void filesThatAreNoDisksAreRefusedByName() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));
        Path odd = Files.write(directory.resolve("odd"), new byte[513]);
        Path none = directory.resolve("none");
        assertThatThrownBy(() -> FileStore.open(empty, false, text -> {}))
                .isInstanceOf(StorageException.class)
                .hasMessage(empty + " has 0 bytes: a disk is one or more sectors of 512 bytes.");
        assertThatThrownBy(() -> FileStore.open(odd, true, text -> {})).hasMessageContaining("odd has 513 bytes");
        assertThatThrownBy(() -> FileStore.open(none, true, text -> {}))
                .hasMessage(none + " cannot be opened: there is no such file");
        assertThatThrownBy(() -> FileStore.open(directory, true, text -> {}))
                .hasMessage(directory + " is not a regular file.");
    }

    @Test
    void aFileIsOneDiskAtATimeUnlessNobodyWrites() {
        Path file = fresh(directory.resolve("raw"));
        try (FileStore writer = FileStore.open(file, false, text -> {})) {
            assertThat(writer.isReadOnly()).isFalse();
            assertThatThrownBy(() -> FileStore.open(file, false, text -> {}))
                    .hasMessage(file + " is in use: another disk or another run has it open.");
            assertThatThrownBy(() -> FileStore.open(file, true, text -> {})).hasMessageContaining("is in use");
        }
        FileStore.open(file, false, text -> {}).close();
    }

    @Test
    void aFileThatBecomesShorterFailsTheReadAndPeopleAreTold() throws IOException {
        Path file = fresh(directory.resolve("raw"));
        List<String> told = new ArrayList<>();
        try (FileStore store = FileStore.open(file, false, told::add)) {
            Files.write(file, new byte[1024]);
            assertThat(StoreRequest.submit(store, Operation.READ, 1024, new byte[512]).success)
                    .isFalse();
            assertThat(told).singleElement().asString().contains("the file ends at byte 1024; it became shorter");
            assertThat(StoreRequest.submit(store, Operation.READ, 512, new byte[512]).success)
                    .isTrue();
        }
    }

    @Test
    void aReadOnlyFileKeepsItsBytes() throws IOException {
        Path file = fresh(directory.resolve("raw"));
        try (FileStore store = FileStore.open(file, true, text -> {})) {
            assertThat(store.isReadOnly()).isTrue();
            assertThat(StoreRequest.submit(store, Operation.WRITE, 0, new byte[] {1}).success)
                    .isFalse();
            StoreRequest.flush(store);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(new byte[BYTES]);
    }
}
