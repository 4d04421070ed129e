package org.shyperlab.platforms.run;

import java.nio.charset.StandardCharsets;

/** Finds a text in a stream of bytes, one byte at a time (Knuth, Morris and Pratt: no byte is looked at twice). */
final class TextMatcher {
    private final byte[] text;
    private final int[] fallback;
    private int matched;

    /** Looks for the UTF-8 bytes of {@code text}, which is not empty. */
    TextMatcher(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
        if (this.text.length == 0) {
            throw new IllegalArgumentException("the text to wait for is empty");
        }
        fallback = new int[this.text.length];
        int length = 0;
        for (int i = 1; i < this.text.length; i++) {
            while (length > 0 && this.text[i] != this.text[length]) {
                length = fallback[length - 1];
            }
            if (this.text[i] == this.text[length]) {
                length++;
            }
            fallback[i] = length;
        }
    }

    /** Takes the next byte; true when it completes the text. */
    boolean accept(byte value) {
        while (matched > 0 && text[matched] != value) {
            matched = fallback[matched - 1];
        }
        if (text[matched] == value) {
            matched++;
        }
        if (matched == text.length) {
            matched = fallback[matched - 1];
            return true;
        }
        return false;
    }
}
