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
    void whereNobodyTypesAllComesInWholeLines() {
        print(one, "boot");
        print(zero, "a\nb");
        print(one, "ed\nlogin: ");
        print(zero, "c\nend");
        assertThat(shown()).isEqualTo("a\n[gvm] booted\nbc\n");
        screen.rest();
        assertThat(shown()).isEqualTo("end");
        screen.rest();
        print(zero, "ed\n");
        assertThat(shown()).as("nothing comes twice").isEqualTo("ed\n");
    }

    @Test
    void aSingleGuestPrintsAsItIsAndItsLineIsBegunAgainBelowTheOthers() {
        SharedScreen own = new SharedScreen(output);
        ByteSink mvm = own.of(0, "mvm");
        print(mvm, "shyper ");
        assertThat(shown()).isEqualTo("shyper ");
        ByteSink gvm = own.of(1, "gvm");
        print(gvm, "hello\n");
        own.line("hypervisor", "no");
        print(mvm, "vm\n");
        assertThat(shown()).isEqualTo("\r\n[gvm] hello\n[hypervisor] no\r\nshyper vm\n");
    }

    @Test
    void whoComesToTheFrontShowsTheLineThatItHasBegunAndPrintsAsItIsFromThenOn() {
        screen.typed();
        print(zero, "prompt# ");
        assertThat(shown()).isEqualTo("prompt# ");
        print(one, "booted\nlogin: ");
        assertThat(shown()).isEqualTo("\r\n[gvm] booted\nprompt# ");
        screen.front(1);
        print(one, "me");
        print(zero, "ls\nfile\n");
        assertThat(shown()).isEqualTo("login: me\r\n[mvm] prompt# ls\nlogin: me\r\n[mvm] file\nlogin: me");
        screen.front(0);
        print(one, "\nhello\n");
        print(zero, "x");
        assertThat(shown()).isEqualTo("[gvm] login: me\n[gvm] hello\nx");
    }

    @Test
    void aVmThatIsMadeAnewHasItsPlace() {
        screen.front(1);
        ByteSink again = screen.of(1, "other");
        print(again, "x\n");
        assertThat(shown()).isEqualTo("x\n");
    }

    @Test
    void aLineWithoutEndIsShownInPieces() {
        print(one, "x".repeat(1500));
        assertThat(shown()).isEqualTo("[gvm] " + "x".repeat(1024));
    }
}
