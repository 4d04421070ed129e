package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.shyperlab.platforms.scenario.Scenario;

class WalkthroughTest {
    private final StringBuilder shown = new StringBuilder();
    private final Walkthrough walkthrough = new Walkthrough(
            List.of(
                    new Scenario.Step("a", "echo", List.of("one", "two")),
                    new Scenario.Step("b", null, List.of("one"))),
            1);

    private void print(String vm, String text) {
        ByteSink sink = walkthrough.watch(vm, value -> shown.append((char) value));
        for (byte value : text.getBytes(StandardCharsets.US_ASCII)) {
            sink.put(value);
        }
    }

    @Test
    void holdsOnceEveryVmPrintedAllThatIsExpectedOfItInAnyOrder() {
        print("a", "two, one");
        assertThat(walkthrough.held()).isFalse();
        assertThat(walkthrough.report())
                .containsExactly(
                        "held:    a printed \"one\"", "held:    a printed \"two\"", "MISSING: b printed \"one\"");
        print("b", "one");
        assertThat(walkthrough.held()).isTrue();
    }

    @Test
    void passesEverythingOn() {
        print("a", "some text");
        print("c", " and more");
        assertThat(shown).hasToString("some text and more");
    }
}
