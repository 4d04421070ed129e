package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GuestConsoleTest {
    private final GuestConsole console = new GuestConsole(value -> {}, null, () -> {});

    /** Somebody who watches. */
    private static final class Watcher implements ConsoleWatcher {
        private final StringBuilder seen = new StringBuilder();

        @Override
        public void printed(byte value) {
            seen.append((char) value);
        }

        @Override
        public void removed() {
            seen.append("<removed>");
        }
    }

    private void print(String text) {
        for (byte value : text.getBytes(StandardCharsets.US_ASCII)) {
            console.put(value);
        }
    }

    @Test
    void whoComesLaterIsShownWhatWasPrintedBefore() {
        print("early ");
        Watcher first = new Watcher();
        console.add(first);
        print("later");
        Watcher second = new Watcher();
        console.add(second);
        console.remove(first);
        print("!");
        console.removed();
        assertThat(first.seen).hasToString("early later");
        assertThat(second.seen).hasToString("early later!<removed>");
    }

    @Test
    void ofMuchThatWasPrintedTheEndIsKept() {
        print("x".repeat(100) + "y".repeat(GuestConsole.BACKLOG_BYTES - 3) + "end");
        Watcher late = new Watcher();
        console.add(late);
        assertThat(late.seen)
                .hasSize(GuestConsole.BACKLOG_BYTES)
                .startsWith("yyy")
                .endsWith("yend");
    }
}
