package org.shyperlab.emulator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.shyperlab.emulator.engine.NativeLibrary.CAPSTONE;
import static org.shyperlab.emulator.engine.NativeLibrary.UNICORN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shyperlab.emulator.core.NativeLibraryException;

class NativeLibrariesTest {
    private static final int UNICORN_2_1_1 = 0x020101ff;

    @TempDir
    Path directory;

    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void useTheHostsProcessorAndAnEmptyHome() {
        properties.put("os.arch", System.getProperty("os.arch"));
        properties.put("user.home", directory.resolve("home").toString());
    }

    private NativeLibraries libraries() {
        return new NativeLibraries(properties::get, environment::get);
    }

    private Path cached(String name) throws IOException {
        environment.put("XDG_CACHE_HOME", directory.toString());
        Path file = directory.resolve("shyperlab/lib").resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    @Test
    void aMissingLibraryIsNamedWithThePlacesSearchedAndTheCommandThatBringsIt() {
        // An architecture without system directories of its own, so that a library on this machine is not found by its
        // triplet.
        properties.put("os.arch", "none");
        assertThatThrownBy(() -> libraries().open(UNICORN))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("libunicorn.so.2 (Unicorn 2.1.1) is missing")
                .hasMessageContaining(
                        directory.resolve("home/.cache/shyperlab/lib").toString())
                .hasMessageContaining("/usr/local/lib")
                .hasMessageContaining("scripts/shyper doctor --install");
    }

    @Test
    void aPropertyThatNamesNoFileIsAnErrorAndNotAReasonToSearch() throws IOException {
        TinyLibrary.write(cached("libunicorn.so.2"), "uc_version", UNICORN_2_1_1);
        properties.put("shyperlab.unicorn", directory.resolve("nowhere.so").toString());
        assertThatThrownBy(() -> libraries().open(UNICORN))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("shyperlab.unicorn names " + directory.resolve("nowhere.so"));
    }

    @Test
    void theFileThatThePropertyNamesWinsOverTheCache() throws IOException {
        TinyLibrary.write(cached("libcapstone.so.5"), "cs_version", 0x500);
        Path named = TinyLibrary.write(directory.resolve("mine.so"), "cs_version", 0x501);
        properties.put("shyperlab.capstone", named.toString());
        NativeLibraries.Found found = libraries().open(CAPSTONE);
        assertThat(found.path()).isEqualTo(named);
        assertThat(found.version()).isEqualTo("5.1");
    }

    @Test
    void aLibraryInTheCacheIsFoundAndOpenedOnce() throws IOException {
        Path file = TinyLibrary.write(cached("libunicorn.so.2"), "uc_version", UNICORN_2_1_1);
        NativeLibraries libraries = libraries();
        NativeLibraries.Found found = libraries.open(UNICORN);
        assertThat(found.path()).isEqualTo(file);
        assertThat(found.version()).isEqualTo("2.1.1");
        Files.delete(file);
        assertThat(libraries.open(UNICORN)).isSameAs(found);
    }

    @Test
    void anotherPatchVersionOfUnicornIsRefusedWithBothVersions() throws IOException {
        Path file = TinyLibrary.write(cached("libunicorn.so.2"), "uc_version", 0x020104ff);
        assertThatThrownBy(() -> libraries().open(UNICORN))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("(Unicorn 2.1.1) is needed, but " + file + " is version 2.1.4");
    }

    @Test
    void capstoneFourIsRefused() throws IOException {
        TinyLibrary.write(cached("libcapstone.so.5"), "cs_version", 0x400);
        assertThatThrownBy(() -> libraries().open(CAPSTONE))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("(Capstone 5.x) is needed")
                .hasMessageContaining("is version 4.0");
    }

    @Test
    void aLibraryThatIsSomethingElseIsRefusedWithTheSymbolThatItLacks() throws IOException {
        Path file = TinyLibrary.write(cached("libunicorn.so.2"), "other_version", UNICORN_2_1_1);
        assertThatThrownBy(() -> libraries().open(UNICORN))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining(file + " has no symbol uc_version");
    }

    @Test
    void aSymbolThatALaterCallNeedsIsNamedWithTheFile() throws IOException {
        Path file = TinyLibrary.write(cached("libunicorn.so.2"), "uc_version", UNICORN_2_1_1);
        NativeLibraries.Found found = libraries().open(UNICORN);
        assertThatThrownBy(() -> found.function("uc_open", 3))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining(file + " has no symbol uc_open");
    }

    @Test
    void aTextFileIsNotALibrary() throws IOException {
        Path file = Files.writeString(cached("libunicorn.so.2"), "404 not found\n".repeat(10));
        assertThatThrownBy(() -> libraries().open(UNICORN))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining(file + " is not a shared library");
    }

    @Test
    void anEmptyFileIsNotALibrary() throws IOException {
        Files.createFile(cached("libunicorn.so.2"));
        assertThatThrownBy(() -> libraries().open(UNICORN)).hasMessageContaining("is not a shared library");
    }

    @Test
    void aHalfDownloadedLibraryIsRefusedBeforeTheLoaderTouchesIt() throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
        byte[] whole = Files.readAllBytes(java);
        byte[] half = new byte[whole.length / 2];
        System.arraycopy(whole, 0, half, 0, half.length);
        Files.write(cached("libunicorn.so.2"), half);
        assertThatThrownBy(() -> libraries().open(UNICORN))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("is truncated (" + half.length + " bytes of at least");
    }

    @Test
    void aLibraryForAnotherProcessorSaysSo() throws IOException {
        TinyLibrary.write(cached("libunicorn.so.2"), "uc_version", UNICORN_2_1_1);
        properties.put("os.arch", "riscv64");
        assertThatThrownBy(() -> libraries().open(UNICORN))
                .hasMessageContaining("is for another processor")
                .hasMessageContaining("this Java runs on riscv64");
    }

    @Test
    void theCacheIsUnderTheHomeDirectoryUnlessTheEnvironmentSaysOtherwise() {
        assertThat(libraries().cacheDirectory()).isEqualTo(directory.resolve("home/.cache/shyperlab/lib"));
        environment.put("XDG_CACHE_HOME", "");
        assertThat(libraries().cacheDirectory()).isEqualTo(directory.resolve("home/.cache/shyperlab/lib"));
        environment.put("XDG_CACHE_HOME", "/tmp/elsewhere");
        assertThat(libraries().cacheDirectory()).isEqualTo(Path.of("/tmp/elsewhere/shyperlab/lib"));
    }
}
