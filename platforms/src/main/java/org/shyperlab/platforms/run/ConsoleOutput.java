package org.shyperlab.platforms.run;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.input.InputException;

/**
 * Passes what guests print to the host, in batches: when the buffer is full, and otherwise soon, by a timer thread, so that it feels
 * live without a system call per byte.
 */
public final class ConsoleOutput implements ByteSink, AutoCloseable {
    private static final int BUFFER_BYTES = 8192;
    private static final long FLUSH_MILLIS = 30;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final Thread flusher;
    private int filled;
    private boolean closed;
    private @Nullable IOException failure;
    private Consumer<Outcome> onFailure = lost -> {};

    /** Writes to {@code out}, which it flushes and never closes. */
    public ConsoleOutput(OutputStream out) {
        this.out = out;
        flusher = Thread.ofPlatform().daemon().name("console-flush").unstarted(this::flushRegularly);
        flusher.start();
    }

    /** Takes one byte. */
    @Override
    public synchronized void put(byte value) {
        if (filled == BUFFER_BYTES) {
            drain();
        }
        buffer[filled++] = value;
    }

    /** Takes {@code length} bytes that stay together. */
    synchronized void put(byte[] bytes, int length) {
        put(bytes, 0, length);
    }

    /** Takes the bytes from {@code from} to before {@code end}, which stay together. */
    synchronized void put(byte[] bytes, int from, int end) {
        for (int i = from; i < end; i++) {
            put(bytes[i]);
        }
    }

    /** Passes on everything taken so far. */
    public synchronized void flush() {
        drain();
    }

    /** Told once, on any thread, when the host takes no more output: how the run is to end. */
    public synchronized void onFailure(Consumer<Outcome> told) {
        onFailure = told;
    }

    /** How a run ends whose output was lost, or null when nothing was. */
    public synchronized @Nullable Outcome lost() {
        return lost(failure, "the console");
    }

    /**
     * How a program ends whose output was lost, or null when nothing was.
     *
     * @param failure why, or null
     * @param what is lost, for messages
     */
    public static @Nullable Outcome lost(@Nullable IOException failure, String what) {
        if (failure == null) {
            return null;
        }
        // The JDK tells a reader that has gone from a full disk by the system's words only.
        return String.valueOf(failure.getMessage()).contains("roken pipe")
                ? new Outcome(Outcome.OUTPUT_CLOSED, "nobody reads %s any more".formatted(what))
                : new Outcome(
                        Outcome.WRONG_INPUT,
                        "%s cannot be written: %s".formatted(what, InputException.reason(failure)));
    }

    private void drain() {
        if (filled > 0 && failure == null) {
            try {
                out.write(buffer, 0, filled);
                out.flush();
            } catch (IOException error) {
                failure = error;
                onFailure.accept(Objects.requireNonNull(lost()));
            }
        }
        filled = 0;
    }

    private synchronized void flushRegularly() {
        while (!closed) {
            drain();
            try {
                wait(FLUSH_MILLIS);
            } catch (InterruptedException end) {
                return;
            }
        }
    }

    @Override
    public synchronized void close() {
        drain();
        closed = true;
        notifyAll();
    }
}
