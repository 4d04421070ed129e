package org.shyperlab.guestimages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * QEMU with OpenSBI judges the RV64 guests. One hart has instruction-counted time; with more, QEMU would let one that spins run on for
 * seconds, and a guest that sleeps until somebody types would never wake, so these take the host's time.
 */
final class RiscvOnQemuTest {
    private static final String QEMU = "qemu-system-riscv64";
    /** Of the one guest that somebody types to. */
    private static final String PROMPT = "latency:";
    /** With several harts QEMU 7.2 loses one on a busy host, before OpenSBI knows it: not the guest's doing. */
    private static final int ATTEMPTS = 3;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void needsQemu() {
        assumeTrue(
                Programs.onPath(QEMU),
                QEMU
                        + " is not installed (Debian: qemu-system-riscv, in Debian 12 qemu-system-misc): RV64 guests not run on QEMU");
    }

    @ParameterizedTest(name = "{0} on {2} with {1} harts")
    @CsvSource(
            delimiter = '|',
            value = {
                "hello   | 1 | virt",
                "traps   | 1 | virt",
                "timer   | 1 | virt",
                "ipi     | 1 | virt",
                "smp     | 1 | virt",
                "bench   | 1 | virt",
                "latency | 1 | virt",
                "hello   | 2 | virt",
                "ipi     | 2 | virt",
                "smp     | 2 | virt",
                "bench   | 1 | virt,aia=aplic-imsic",
                "latency | 1 | virt,aia=aplic-imsic",
            })
    void everyGuestPassesOnQemu(String name, int harts, String machine) throws Exception {
        BareMetalGuest guest =
                BareMetalGuests.find(BareMetalGuests.RISCV64, name).orElseThrow();
        byte[] image = BareMetalGuests.load(BareMetalGuests.RISCV64, name);
        String console = run(image, guest.consoleInput(), harts, machine);
        for (int again = 1;
                harts > 1
                        && again < ATTEMPTS
                        && !Qemu.missing(BareMetalGuests.RISCV64, name, console).isEmpty();
                again++) {
            console = run(image, guest.consoleInput(), harts, machine);
        }
        assertThat(Qemu.missing(BareMetalGuests.RISCV64, name, console))
                .as(console)
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = BenchLoop.class,
            names = {"ID_REGISTER", "ACTLR"},
            mode = EnumSource.Mode.EXCLUDE)
    void aLoopSelectedByTheMailboxRunsAloneAndQuietly(BenchLoop loop) throws Exception {
        byte[] image = BareMetalGuests.load(BareMetalGuests.RISCV64, "bench");
        new Mailbox(image).selectLoop(loop, 100);
        assertThat(run(image, "", 1, "virt").lines())
                .filteredOn(line -> line.startsWith("bench:") || line.startsWith("scause"))
                .containsExactly("bench: PASS");
    }

    /** QEMU wakes a hart between two ticks of its time, so a second round would not be the same; its clocks go by instructions. */
    @ParameterizedTest
    @ValueSource(strings = {"virt", "virt,aia=aplic-imsic"})
    void theRealTimeGuestMeasuresWithinAMicrosecond(String machine) throws Exception {
        String console = Qemu.run(
                folder,
                BareMetalGuests.load(BareMetalGuests.RISCV64, "rtvm"),
                PROMPT,
                "",
                QEMU,
                "-M",
                machine,
                "-icount",
                "shift=0,sleep=off",
                "-rtc",
                "clock=vm",
                "-append",
                "rounds=1");
        assertThat(console).containsPattern("timer +min \\d+ .* max \\d{2,3} ns");
        assertThat(console).containsPattern("device +min \\d+ .* max \\d{2,3} ns");
        assertThat(console).contains("rtvm: 1 rounds", "rtvm: PASS").doesNotContain(Qemu.HUNG);
    }

    private static String run(byte[] image, String input, int harts, String machine)
            throws IOException, InterruptedException {
        // By instructions the guest's patience does not depend on how busy the host is. But time would not wait for
        // typed
        // input, and QEMU 7.2 hangs so with more than one hart.
        return harts == 1 && input.isEmpty()
                ? Qemu.run(folder, image, PROMPT, input, QEMU, "-M", machine, "-icount", "shift=0,sleep=off")
                : Qemu.run(folder, image, PROMPT, input, QEMU, "-M", machine, "-smp", Integer.toString(harts));
    }
}
