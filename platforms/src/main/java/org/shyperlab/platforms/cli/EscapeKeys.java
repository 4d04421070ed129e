package org.shyperlab.platforms.cli;

import java.util.function.IntConsumer;

/** Tells what is typed for a guest from commands to the program: those are the keys after Ctrl-A. Ctrl-A twice is a Ctrl-A for the guest. */
final class EscapeKeys {
    private static final int ESCAPE = 1;

    private final IntConsumer typed;
    private final IntConsumer command;
    private boolean escaped;

    EscapeKeys(IntConsumer typed, IntConsumer command) {
        this.typed = typed;
        this.command = command;
    }

    /** A key came from the terminal. */
    void key(int key) {
        if (!escaped && key == ESCAPE) {
            escaped = true;
        } else if (escaped && key != ESCAPE) {
            escaped = false;
            command.accept(key);
        } else {
            escaped = false;
            typed.accept(key);
        }
    }
}
