package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** Debian's own drivers on our disks: data with checksums there and back. */
class DiskRunTest {
    private static final int MEBIBYTE = 1 << 20;
    private static final int BYTES = 4 * MEBIBYTE;

    /** Reads all of the disk, writes 2 MiB of its own into the middle, reads all of it again past the cache. */
    private static final String COMMANDS = """
            md5sum < /dev/vda
            yes shyper | dd of=/dev/vda bs=4k seek=256 count=512 iflag=fullblock conv=fsync 2>/dev/null
            echo 3 > /proc/sys/vm/drop_caches
            md5sum < /dev/vda
            cat /sys/block/vda/serial; echo
            """;

    @TempDir
    private Path directory;

    private Path image;
    private byte[] before;
    private byte[] after;

    @BeforeEach
    void makeADisk() throws IOException {
        before = new byte[BYTES];
        new Random(1).nextBytes(before);
        image = Files.write(directory.resolve("disk.img"), before);
        after = before.clone();
        byte[] line = {'s', 'h', 'y', 'p', 'e', 'r', '\n'};
        for (int i = 0; i < 2 * MEBIBYTE; i++) {
            after[MEBIBYTE + i] = line[i % line.length];
        }
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Execution run(String scenario, boolean bare, Disk disk) {
        return Execution.of(ScenarioCatalog.load(scenario), bare, null, COMMANDS, List.of(disk));
    }

    private void assertReadAndWrote(Execution run) {
        assertThat(run.outcome())
                .as("%s %s", run.failures(), run.console())
                .isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        assertThat(run.console().replace("\r", ""))
                .contains(md5(before) + "  -\n", md5(after) + "  -\n", "shyper-disk0\n", LinuxGuest.EXIT_LINE + "0");
        assertThat(run.console()).doesNotContain("I/O error", "BUG:", "WARNING:");
        assertThat(run.measured()).contains("\"guestErrors\" : 0");
    }

    @ParameterizedTest
    @CsvSource({
        "qemu-aarch64-linux, true, 2",
        "qemu-aarch64-linux, false, 2",
        "qemu-aarch64-linux-gppt, false, 1",
        "qemu-riscv64-linux, true, 2",
        "qemu-riscv64-aia-linux, true, 1"
    })
    void linuxReadsAndWritesADiskAndDoesTheSameAgain(String scenario, boolean bare, int times) throws IOException {
        Execution first = run(scenario, bare, new Disk(image, null, false));
        assertReadAndWrote(first);
        assertThat(Files.readAllBytes(image)).isEqualTo(after);
        for (int again = 1; again < times; again++) {
            Files.write(image, before);
            Execution second = run(scenario, bare, new Disk(image, null, false));
            assertThat(second.console()).isEqualTo(first.console());
            assertThat(second.measured()).isEqualTo(first.measured());
        }
    }

    @Test
    void anOverlayTakesTheWritesAndTheBaseStays() throws IOException {
        Path overlay = directory.resolve("overlay");
        Execution first = run("qemu-aarch64-linux", true, new Disk(image, overlay, false));
        assertReadAndWrote(first);
        assertThat(Files.readAllBytes(image)).isEqualTo(before);
        before = after;
        assertReadAndWrote(run("qemu-aarch64-linux", true, new Disk(image, overlay, false)));
    }

    @Test
    void disksThatCannotBeAreRefusedBeforeAnythingRuns() {
        assertThatThrownBy(() -> run("qemu-aarch64-hello", true, new Disk(Path.of("none.img"), null, false)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--exec needs the shipped Linux guest");
        Disk disk = new Disk(directory.resolve("none.img"), null, false);
        assertThatThrownBy(
                        () -> Execution.of(ScenarioCatalog.load("qemu-aarch64-hello"), true, null, null, List.of(disk)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--disk: " + disk.file() + " cannot be opened: there is no such file");
        Disk[] many = new Disk[33];
        Arrays.fill(many, new Disk(image, null, true));
        assertThatThrownBy(
                        () -> Execution.of(ScenarioCatalog.load("qemu-aarch64-hello"), true, null, null, List.of(many)))
                .hasMessage("--disk: board qemu-aarch64 has 32 virtio slots, and 33 disks are wanted.");
    }

    @Test
    void aDiskIsWrittenAsFileOverlayAndReadOnly() {
        assertThat(Disk.parse("a.img")).isEqualTo(new Disk(Path.of("a.img"), null, false));
        assertThat(Disk.parse("a.img,ro")).isEqualTo(new Disk(Path.of("a.img"), null, true));
        assertThat(Disk.parse("a,overlay=b")).isEqualTo(new Disk(Path.of("a"), Path.of("b"), false));
        for (String wrong :
                new String[] {"", ",ro", "a,rw", "a,overlay=", "a,overlay=b,overlay=c", "a,overlay=b,ro", "a,"}) {
            assertThat(Disk.parse(wrong)).as(wrong).isNull();
        }
    }
}
