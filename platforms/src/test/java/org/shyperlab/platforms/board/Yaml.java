package org.shyperlab.platforms.board;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The shipped board's text, for tests that break it. */
final class Yaml {
    private Yaml() {}

    static String shipped() {
        try (InputStream in = Board.class.getResourceAsStream("/org/shyperlab/platforms/boards/qemu-aarch64.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new AssertionError(error);
        }
    }

    /** The text with one part replaced, which must occur exactly once. */
    static String replace(String part, String by) {
        String text = shipped();
        if (text.split(java.util.regex.Pattern.quote(part), -1).length != 2) {
            throw new AssertionError("not exactly once: " + part);
        }
        return text.replace(part, by);
    }
}
