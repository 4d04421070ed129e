package org.shyperlab.guestimages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The guests judge machines, so an independent machine judges the guests first. Instruction-counted time makes QEMU's answers the same
 * on every host.
 */
final class OnQemuTest {
    private static final String QEMU = "qemu-system-aarch64";
    /** Of the one guest that somebody types to. */
    private static final String PROMPT = "latency:";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void needsQemu() {
        assumeTrue(Programs.onPath(QEMU), QEMU + " is not installed (Debian: qemu-system-arm): guests not run on QEMU");
    }

    @ParameterizedTest(name = "{0} with {1} cores entered at EL{2}")
    @CsvSource({
        "hello, 1, 1",
        "hello, 2, 2",
        "traps, 1, 1",
        "traps, 2, 2",
        "timer, 1, 1",
        "timer, 2, 2",
        "ipi, 1, 1",
        "ipi, 4, 1",
        "ipi, 2, 2",
        "smp, 1, 1",
        "smp, 4, 1",
        "smp, 2, 2",
        "bench, 1, 1",
        "bench, 2, 2",
        "latency, 1, 1",
        "rtvm, 1, 1",
        "rtvm, 2, 2",
        "unikernel, 1, 1",
        "unikernel, 2, 2",
    })
    void everyGuestPassesOnQemu(String name, int cores, int level) throws Exception {
        String input = BareMetalGuests.find(BareMetalGuests.AARCH64, name)
                .orElseThrow()
                .consoleInput();
        String console = run(BareMetalGuests.load("aarch64", name), input, cores, level);
        assertThat(Qemu.missing(BareMetalGuests.AARCH64, name, console))
                .as(console)
                .isEmpty();
    }

    @ParameterizedTest(name = "{0} alone, entered at EL{1}")
    @CsvSource({"HYPERCALL, 1", "FIRMWARE_CALL, 2", "ID_REGISTER, 1", "MEMORY, 1", "TLB_FILL, 1"})
    void aLoopSelectedByTheMailboxRunsAloneAndQuietly(BenchLoop loop, int level) throws Exception {
        byte[] image = BareMetalGuests.load("aarch64", "bench");
        new Mailbox(image).selectLoop(loop, 100);
        assertThat(run(image, "", 1, level).lines())
                .filteredOn(line -> !line.contains("warning"))
                .containsExactly("bench: PASS");
    }

    private static String run(byte[] image, String input, int cores, int level)
            throws IOException, InterruptedException {
        return Qemu.run(
                folder,
                image,
                PROMPT,
                input,
                QEMU,
                "-M",
                "virt,gic-version=2,virtualization=" + (level == 2 ? "on" : "off"),
                "-cpu",
                "cortex-a72",
                "-smp",
                Integer.toString(cores),
                "-icount",
                "shift=0,sleep=off");
    }
}
