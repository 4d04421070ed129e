package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.shyperlab.guestimages.BareMetalGuest;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.platforms.scenario.Scenario;

/** Every bare-metal guest that needs nobody to type, in every mode, on 1, 2 and 4 cores, twice. */
class BareMetalGuestsRunTest {
    @TempDir
    private Path directory;

    static List<Arguments> runs() {
        List<Arguments> runs = new ArrayList<>();
        for (BareMetalGuest guest : BareMetalGuests.all(BareMetalGuests.AARCH64)) {
            if (guest.consoleInput().isEmpty()) {
                for (Execution.Mode mode : Execution.Mode.values()) {
                    for (int cores : new int[] {1, 2, 4}) {
                        runs.add(Arguments.of(guest.name(), mode, cores));
                    }
                }
            }
        }
        return runs;
    }

    @ParameterizedTest
    @MethodSource("runs")
    void printsWhatItShouldAndDoesTheSameAgain(String guest, Execution.Mode mode, int cores) {
        Scenario scenario = Execution.bareMetal(directory, guest, mode);
        checkTwice(scenario, BareMetalGuests.AARCH64, guest, mode == Execution.Mode.NATIVE, cores);
    }

    static List<Arguments> riscvRuns() {
        List<Arguments> runs = new ArrayList<>();
        for (BareMetalGuest guest : BareMetalGuests.all(BareMetalGuests.RISCV64)) {
            for (String board : List.of("qemu-riscv64", "qemu-riscv64-aia")) {
                for (int cores : new int[] {1, 2, 4}) {
                    runs.add(Arguments.of(guest.name(), board, cores));
                }
            }
        }
        return runs;
    }

    @ParameterizedTest
    @MethodSource("riscvRuns")
    void printsWhatItShouldOnRiscvAndDoesTheSameAgain(String guest, String board, int cores) {
        checkTwice(Execution.onBareBoard(directory, board, guest), BareMetalGuests.RISCV64, guest, true, cores);
    }

    private static void checkTwice(Scenario scenario, String architecture, String guest, boolean bare, int cores) {
        Execution first = Execution.of(scenario, bare, cores, null);
        assertThat(BareMetalGuest.firstMissingLine(BareMetalGuests.consoleLines(architecture, guest), first.console()))
                .as(first.console())
                .isEmpty();
        assertThat(first.outcome()).as("%s", first.failures()).isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        Execution second = Execution.of(scenario, bare, cores, null);
        assertThat(second.console()).isEqualTo(first.console());
        assertThat(second.measured()).isEqualTo(first.measured());
    }
}
