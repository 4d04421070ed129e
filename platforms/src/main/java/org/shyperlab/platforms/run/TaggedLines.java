package org.shyperlab.platforms.run;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Shows a second guest on the first one's screen: whole lines only, each with the guest's name in front. */
final class TaggedLines implements ByteSink {
    private static final int LONGEST_LINE = 1024;

    private final ConsoleOutput output;
    private final byte[] tag;
    private byte[] line = new byte[128];
    private int length;

    TaggedLines(ConsoleOutput output, String name) {
        this.output = output;
        tag = ("[" + name + "] ").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void put(byte value) {
        if (length == line.length) {
            line = Arrays.copyOf(line, length * 2);
        }
        line[length++] = value;
        if (value == '\n' || length == LONGEST_LINE) {
            output.put(tag, tag.length);
            output.put(line, length);
            length = 0;
        }
    }
}
