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

/** Every bare-metal guest that needs nobody to type, on every ground, on 1, 2 and 4 cores, twice. */
class BareMetalGuestsRunTest {
    @TempDir
    private Path directory;

    static List<Arguments> runs() {
        List<Arguments> runs = new ArrayList<>();
        for (Ground ground : Ground.values()) {
            for (BareMetalGuest guest :
                    BareMetalGuests.all(ground.architecture().label())) {
                for (int cores : new int[] {1, 2, 4}) {
                    if (guest.consoleInput().isEmpty()) {
                        runs.add(Arguments.of(guest.name(), ground, cores));
                    }
                }
            }
        }
        return runs;
    }

    @ParameterizedTest
    @MethodSource("runs")
    void printsWhatItShouldAndDoesTheSameAgain(String guest, Ground ground, int cores) {
        Execution run = Execution.twice(ground.with(directory, guest), ground.isBare(), cores, null);
        assertThat(BareMetalGuest.firstMissingLine(
                        BareMetalGuests.consoleLines(ground.architecture().label(), guest), run.console()))
                .as(run.console())
                .isEmpty();
        assertThat(run.outcome()).as("%s", run.failures()).isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
    }
}
