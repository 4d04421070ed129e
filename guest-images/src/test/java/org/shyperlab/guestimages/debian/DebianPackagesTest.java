package org.shyperlab.guestimages.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebianPackagesTest {
    @TempDir
    Path directory;

    private FakeDebian debian;

    @BeforeEach
    void aMachineWithOnePackageInItsArchive() throws Exception {
        debian = new FakeDebian(directory);
        debian.offer("tool", "", "usr/bin/tool", "the tool");
    }

    private List<DebianPackage> require(String... names) {
        return debian.packages().require("arm64", List.of(names));
    }

    private List<String> leftInStore() throws IOException {
        try (Stream<Path> files = Files.list(debian.cache().resolve("packages/trixie-arm64"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aPackageIsFetchedUnpackedAndDescribed() {
        DebianPackage tool = require("tool").getFirst();
        assertThat(tool.name()).isEqualTo("tool");
        assertThat(tool.version()).isEqualTo("1.2-3");
        assertThat(tool.files("usr/")).containsExactly("usr/bin/tool");
        assertThat(tool.read("usr/bin/tool")).asString().isEqualTo("the tool");
    }

    @Test
    void progressNamesThePackageAndItsSize() {
        require("tool");
        assertThat(debian.progress)
                .containsExactly("reading the package lists of Debian trixie (arm64)", "fetching tool (1.5 MB)");
    }

    @Test
    void aSecondRunStartsNoApt() throws IOException {
        require("tool");
        debian.progress.clear();
        debian.apt("exit 1");
        debian.command("apt-cache", "exit 1");
        assertThat(require("tool").getFirst().read("usr/bin/tool")).asString().isEqualTo("the tool");
        assertThat(debian.progress).isEmpty();
    }

    @Test
    void theMetapackageOfAKernelStandsForTheKernel() throws Exception {
        debian.offer("linux-image-9.1-cloud-arm64", "", "boot/vmlinuz-9.1-cloud-arm64", "kernel");
        debian.offer("linux-image-cloud-arm64", "linux-image-9.1-cloud-arm64 (= 1.2-3)", "usr/share/doc/x", "nothing");
        DebianPackage kernel = require("linux-image-cloud-arm64").getFirst();
        assertThat(kernel.name()).isEqualTo("linux-image-9.1-cloud-arm64");
        assertThat(kernel.files("boot/")).containsExactly("boot/vmlinuz-9.1-cloud-arm64");
        assertThat(leftInStore()).containsExactly("linux-image-cloud-arm64");
    }

    @Test
    void aChangedFileInTheCacheIsRefusedWithTheCommandThatHelps() throws IOException {
        DebianPackage tool = require("tool").getFirst();
        Files.writeString(tool.file("usr/bin/tool"), "the fool");
        assertThatThrownBy(() -> tool.read("usr/bin/tool"))
                .isInstanceOf(DebianPackageException.class)
                .hasMessageContaining("The package tool in the cache is damaged")
                .hasMessageContaining("usr/bin/tool")
                .hasMessageContaining("rm -r " + debian.cache().resolve("packages/trixie-arm64/tool"));
    }

    @Test
    void recordsCutOffInTheCacheAreRefused() throws IOException {
        require("tool");
        Files.writeString(debian.cache().resolve("packages/trixie-arm64/tool/sha256sums"), "0123");
        assertThatThrownBy(() -> require("tool"))
                .isInstanceOf(DebianPackageException.class)
                .hasMessageContaining("its records cannot be read");
    }

    @Test
    void aMachineWithoutAptIsToldSo() throws IOException {
        debian.remove("apt-get");
        assertThatThrownBy(() -> require("tool"))
                .isInstanceOf(DebianPackageException.class)
                .hasMessageContaining("apt-get is missing")
                .hasMessageContaining("(tool)")
                .hasMessageNotContaining("\n");
    }

    @Test
    void withoutANetworkTheErrorSaysSo() throws IOException {
        debian.apt("echo \"W: Failed to fetch x  Temporary failure resolving 'deb.example.org'\"");
        debian.command("apt-cache", "echo 'E: No packages found' >&2; exit 100");
        assertThatThrownBy(() -> require("tool"))
                .isInstanceOf(DebianPackageException.class)
                .hasMessageContaining("Looking up the package tool in Debian trixie (arm64) failed")
                .hasMessageContaining("the Debian archive cannot be reached")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aPackageThatDebianDoesNotHaveIsNamed() {
        assertThatThrownBy(() -> require("tool", "nosuch"))
                .isInstanceOf(DebianPackageException.class)
                .hasMessageContaining(
                        "Looking up the package nosuch in Debian trixie (arm64) failed: E: No packages found");
    }

    @Test
    void aFullDiskIsNamedAndLeavesNothingHalfFetched() throws IOException {
        debian.apt("""
                case " $* " in *" download "*)
                    echo half >tool.deb
                    echo "E: Write error - write (28: No space left on device)"
                    exit 100 ;;
                esac
                """);
        assertThatThrownBy(() -> require("tool"))
                .isInstanceOf(DebianPackageException.class)
                .hasMessageContaining("The disk is full: Fetching the Debian package tool")
                .hasMessageContaining(debian.cache().toString())
                .hasMessageNotContaining("\n");
        assertThat(leftInStore()).isEmpty();
    }

    @Test
    void aDownloadCutOffInTheMiddleIsNotKept() throws IOException {
        debian.apt("case \" $* \" in *\" download \"*) echo '!<arch>' >tool.deb ;; esac");
        assertThatThrownBy(() -> require("tool"))
                .isInstanceOf(DebianPackageException.class)
                .hasMessageContaining("Checking the Debian package tool failed");
        assertThat(leftInStore()).isEmpty();
        assertThat(debian.packages().has("arm64", "tool")).isFalse();
    }

    @Test
    void aCacheThatCannotBeWrittenIsNamed() throws IOException {
        Files.writeString(debian.cache(), "a file where the directory should be");
        assertThatThrownBy(() -> require("tool"))
                .isInstanceOf(DebianPackageException.class)
                .hasMessageContaining("The cache directory " + debian.cache() + " cannot be written to");
    }

    @Test
    void theMachinesOneLineSourcesAreAskedForTheOtherSuite() throws IOException {
        debian.oneLineSources("""
                # deb https://old.example.org/debian buster main
                deb [arch=amd64 signed-by=/etc/keys/debian.gpg check-valid-until=no] https://deb.example.org/debian bookworm main contrib
                deb-src https://deb.example.org/debian bookworm main
                deb https://deb.example.org/debian-security bookworm-security main
                deb https://apt.example.com/thing thing-bookworm main
                deb https://docker.example.com/linux/debian bookworm stable
                deb cdrom:[Debian 12]/ bookworm main
                this line is broken
                """);
        require("tool");
        assertThat(debian.sourcesForApt("arm64")).isEqualTo("""
                        Types: deb
                        URIs: https://deb.example.org/debian
                        Suites: trixie
                        Components: main
                        Signed-By: /etc/keys/debian.gpg
                        Check-Valid-Until: no

                        Types: deb
                        URIs: https://deb.example.org/debian-security
                        Suites: trixie-security
                        Components: main
                        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

                        """);
    }

    @Test
    void theMachinesDeb822SourcesAreAskedForTheOtherSuite() throws IOException {
        debian.oneLineSources("");
        debian.deb822Sources("debian.sources", """
                # the machine's own
                Types: deb deb-src
                URIs: https://deb.example.org/debian
                # in between
                Suites: bookworm bookworm-updates bookworm-backports
                Components: main contrib
                Signed-By:
                 -----BEGIN PGP PUBLIC KEY BLOCK-----
                 .
                 abcd
                 -----END PGP PUBLIC KEY BLOCK-----

                Types: deb
                Enabled: no
                URIs: https://off.example.org/debian
                Suites: bookworm
                Components: main
                """);
        debian.deb822Sources(
                "other.sources", "Types: deb\nURIs: https://other.example.com\nSuites: nodistro\nComponents: main\n");
        debian.deb822Sources("broken.sources", "Types deb\n  ::::\nSuites\n");
        require("tool");
        assertThat(debian.sourcesForApt("arm64")).isEqualTo("""
                        Types: deb
                        URIs: https://deb.example.org/debian
                        Suites: trixie trixie-updates
                        Components: main
                        Signed-By:
                         -----BEGIN PGP PUBLIC KEY BLOCK-----
                         .
                         abcd
                         -----END PGP PUBLIC KEY BLOCK-----

                        """);
    }

    @Test
    void aMachineWithoutADebianArchiveIsToldSo() throws IOException {
        debian.oneLineSources("deb https://archive.example.org/ubuntu noble main\n");
        assertThatThrownBy(() -> require("tool"))
                .isInstanceOf(DebianPackageException.class)
                .hasMessageContaining("there is no Debian archive with the component main");
    }

    @Test
    void nativeLibrariesArePutWhereTheEmulatorLooksAndStay() throws Exception {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        String library = "usr/lib/" + (arm ? "aarch64-linux-gnu" : "x86_64-linux-gnu");
        debian.offer("libunicorn2t64", "", library + "/libunicorn.so.2", "unicorn");
        debian.offer("libcapstone5", "", library + "/libcapstone.so.5", "capstone");
        NativeLibraryInstaller installer = new NativeLibraryInstaller(debian.packages());
        Path lib = debian.cache().resolve("lib");
        assertThat(installer.install())
                .containsExactly(lib.resolve("libunicorn.so.2"), lib.resolve("libcapstone.so.5"));
        assertThat(lib.resolve("libunicorn.so.2")).hasContent("unicorn");
        assertThat(installer.install()).isEmpty();
        try (Stream<Path> files = Files.list(lib)) {
            assertThat(files).hasSize(2);
        }
    }
}
