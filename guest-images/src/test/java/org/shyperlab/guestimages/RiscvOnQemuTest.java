package org.shyperlab.guestimages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * QEMU with OpenSBI judges the RV64 guests. One hart has instruction-counted time; with more, QEMU would let one that spins run on for
 * seconds, so these take the host's time.
 */
final class RiscvOnQemuTest {
    private static final String QEMU = "qemu-system-riscv64";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void needsQemu() {
        assumeTrue(
                Programs.onPath(QEMU),
                QEMU + " is not installed (Debian: qemu-system-misc): RV64 guests not run on QEMU");
    }

    @ParameterizedTest(name = "{0} with {1} harts")
    @CsvSource({"hello, 1", "traps, 1", "timer, 1", "ipi, 1", "smp, 1", "hello, 2", "ipi, 2", "smp, 2"})
    void everyGuestPassesOnQemu(String name, int harts) throws Exception {
        byte[] image = BareMetalGuests.load(BareMetalGuests.RISCV64, name);
        String console = harts == 1
                ? Qemu.run(folder, image, "", QEMU, "-M", "virt", "-icount", "shift=0,sleep=off")
                : Qemu.run(folder, image, "", QEMU, "-M", "virt", "-smp", Integer.toString(harts));
        assertThat(BareMetalGuest.firstMissingLine(
                        BareMetalGuests.consoleLines(BareMetalGuests.RISCV64, name), console))
                .as(console)
                .isEmpty();
    }
}
