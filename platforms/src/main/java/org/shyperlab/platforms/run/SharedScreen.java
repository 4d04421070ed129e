package org.shyperlab.platforms.run;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * One screen for what all guests print: the guest in front prints as it is, of the others come whole lines, each with the guest's name
 * in front. VM 0 is in front at first. On the machine's thread.
 */
final class SharedScreen {
    private static final int LONGEST_LINE = 1024;

    private final ConsoleOutput output;
    private final Map<Integer, Part> parts = new HashMap<>();
    private int front;

    SharedScreen(ConsoleOutput output) {
        this.output = output;
    }

    /** Where the guest that has this VM's number now, and is called {@code name}, prints. */
    ByteSink of(int vm, String name) {
        Part part = new Part(vm, name);
        parts.put(vm, part);
        return part;
    }

    /** Shows a line of somebody who has no part of the screen. */
    void line(String name, String text) {
        byte[] line = "[%s] %s\r\n".formatted(name, text).getBytes(StandardCharsets.UTF_8);
        output.put(line, line.length);
    }

    /** Puts a VM in front; the line that it has begun is shown. */
    void front(int vm) {
        front = vm;
        Part part = parts.get(vm);
        if (part != null) {
            part.show();
        }
    }

    /** One guest's part of the screen. */
    private final class Part implements ByteSink {
        private final int vm;
        private final byte[] tag;
        /** What the guest printed of its last line; while the guest is in front, that is on the screen already. */
        private byte[] line = new byte[128];

        private int length;

        Part(int vm, String name) {
            this.vm = vm;
            tag = ("[" + name + "] ").getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void put(byte value) {
            if (vm == front) {
                output.put(value);
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, length * 2);
            }
            line[length++] = value;
            if (value == '\n' || length == LONGEST_LINE) {
                if (vm != front) {
                    output.put(tag, tag.length);
                    show();
                }
                length = 0;
            }
        }

        private void show() {
            output.put(line, length);
        }
    }
}
