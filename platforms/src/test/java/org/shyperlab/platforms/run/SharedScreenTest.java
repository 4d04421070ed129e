package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SharedScreenTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final ConsoleOutput output = new ConsoleOutput(shown);
    private final SharedScreen screen = new SharedScreen(output);
    private final ByteSink zero = screen.of(0, "mvm");
    private final ByteSink one = screen.of(1, "gvm");

    private static void print(ByteSink guest, String text) {
        for (byte value : text.getBytes(StandardCharsets.US_ASCII)) {
            guest.put(value);
        }
    }

    private String shown() {
        output.flush();
        String text = shown.toString(StandardCharsets.US_ASCII);
        shown.reset();
        return text;
    }

    @Test
    void vm0PrintsAsItIsAndOfTheOthersComeWholeLinesWithTheirNames() {
        print(one, "boot");
        print(zero, "a\nprompt# ");
        print(one, "ed\nlogin: ");
        assertThat(shown()).isEqualTo("a\nprompt# [gvm] booted\n");
    }

    @Test
    void whoComesToTheFrontShowsTheLineThatItHasBegunAndPrintsAsItIsFromThenOn() {
        print(zero, "prompt# ");
        print(one, "booted\nlogin: ");
        screen.front(1);
        print(one, "me");
        print(zero, "ls\nfile\n");
        assertThat(shown()).isEqualTo("prompt# [gvm] booted\nlogin: me[mvm] prompt# ls\n[mvm] file\n");
        screen.front(0);
        print(one, "\nhello\n");
        print(zero, "x");
        assertThat(shown()).isEqualTo("[gvm] login: me\n[gvm] hello\nx");
    }

    @Test
    void aVmThatIsMadeAnewHasItsPlace() {
        screen.front(1);
        ByteSink again = screen.of(1, "other");
        print(again, "x");
        assertThat(shown()).isEqualTo("x");
    }

    @Test
    void aLineWithoutEndIsShownInPieces() {
        print(one, "x".repeat(1500));
        assertThat(shown()).isEqualTo("[gvm] " + "x".repeat(1024));
    }
}
