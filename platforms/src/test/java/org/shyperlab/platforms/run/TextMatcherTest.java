package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TextMatcherTest {
    @Test
    void findsTheTextWhereverItOccurs() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2000; i++) {
            String text = word(random, 1 + random.nextInt(5));
            String stream = word(random, random.nextInt(40));
            TextMatcher matcher = new TextMatcher(text);
            for (int end = 1; end <= stream.length(); end++) {
                assertThat(matcher.accept((byte) stream.charAt(end - 1)))
                        .as("%s in %s up to %d", text, stream, end)
                        .isEqualTo(stream.substring(0, end).endsWith(text));
            }
        }
    }

    @Test
    void anEmptyTextIsRefused() {
        assertThatThrownBy(() -> new TextMatcher("")).hasMessageContaining("empty");
    }

    /** Few letters, so that texts overlap themselves. */
    private static String word(SplittableRandom random, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(2)));
        }
        return word.toString();
    }
}
