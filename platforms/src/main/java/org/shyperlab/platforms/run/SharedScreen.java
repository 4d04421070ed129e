package org.shyperlab.platforms.run;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * One screen for what all guests print: the guest in front prints as it is, of the others come whole lines, each with the guest's name
 * in front. VM 0 is in front at first. On the machine's thread.
 *
 * <p>No line is cut by another guest's. Where somebody types, the front guest's begun line is begun again below the other's; where
 * nobody does and there are several guests, the front guest's lines are shown when they are whole, too.
 */
final class SharedScreen {
    private static final int LONGEST_LINE = 1024;
    private static final byte[] LINE_END = {'\r', '\n'};

    private final ConsoleOutput output;
    private final Map<Integer, Part> parts = new HashMap<>();
    private int front;
    private boolean typed;

    SharedScreen(ConsoleOutput output) {
        this.output = output;
    }

    /** Somebody types to the guest in front and wants to see every character at once. */
    void typed() {
        typed = true;
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
        between(() -> output.put(line, line.length));
    }

    /** Puts a VM in front; the line that it has begun is shown. */
    void front(int vm) {
        Part before = parts.get(front);
        if (before != null) {
            before.shown = 0; // its line comes whole, with its name
        }
        front = vm;
        Part part = parts.get(vm);
        if (part != null) {
            part.shown = 0;
            part.show();
        }
    }

    /** The run is over, for now: shows what the guest in front has printed of a line. */
    void rest() {
        Part part = parts.get(front);
        if (part != null) {
            part.show();
        }
    }

    /** Shows whole lines on a line of their own. */
    private void between(Runnable lines) {
        Part begun = parts.get(front);
        if (begun == null || begun.shown == 0) {
            lines.run();
            return;
        }
        output.put(LINE_END, LINE_END.length);
        lines.run();
        begun.shown = 0;
        if (begun.isLive()) {
            begun.show();
        }
    }

    /** One guest's part of the screen. */
    private final class Part implements ByteSink {
        private final int vm;
        private final byte[] tag;
        /** What the guest printed of its last line. */
        private byte[] line = new byte[128];

        private int length;
        /** How much of it is on the screen already. */
        private int shown;

        Part(int vm, String name) {
            this.vm = vm;
            tag = ("[" + name + "] ").getBytes(StandardCharsets.UTF_8);
        }

        /** Whether each byte is shown as it comes. */
        private boolean isLive() {
            return vm == front && (typed || parts.size() == 1);
        }

        @Override
        public void put(byte value) {
            if (length == line.length) {
                line = Arrays.copyOf(line, length * 2);
            }
            line[length++] = value;
            if (isLive()) {
                output.put(value);
                shown = length;
            }
            if (value == '\n' || length == LONGEST_LINE) {
                end();
            }
        }

        private void end() {
            if (vm == front) {
                show();
            } else {
                between(() -> {
                    output.put(tag, tag.length);
                    show();
                });
            }
            length = 0;
            shown = 0;
        }

        private void show() {
            output.put(line, shown, length);
            shown = length;
        }
    }
}
