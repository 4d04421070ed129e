package org.shyperlab.platforms.run;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.IntPredicate;

/** What somebody types for a guest, kept in order until the guest's serial port takes it. */
public final class ConsoleInput {
    private final Run run;
    private final IntPredicate port;
    private final LinkedBlockingQueue<Integer> typed = new LinkedBlockingQueue<>();

    /**
     * Nothing was typed yet.
     *
     * @param port offers a byte to the serial port, on the machine's thread; false when it cannot take it now
     */
    public ConsoleInput(Run run, IntPredicate port) {
        this.run = run;
        this.port = port;
    }

    /** A byte was typed. Any thread may call it. */
    public void type(int value) {
        typed.add(value);
        run.submit(this::deliver);
    }

    /** Offers what waits to the serial port. On the machine's thread. */
    public void deliver() {
        for (Integer value = typed.peek(); value != null && port.test(value); value = typed.peek()) {
            typed.remove();
        }
    }

    /** How many bytes wait. Any thread may call it. */
    public int waiting() {
        return typed.size();
    }
}
