package org.shyperlab.platforms.run;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

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
    private Runnable onFailure = () -> {};

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
        for (int i = 0; i < length; i++) {
            put(bytes[i]);
        }
    }

    /** Passes on everything taken so far. */
    public synchronized void flush() {
        drain();
    }

    /** Told once, on any thread, when the host takes no more output. */
    public synchronized void onFailure(Runnable told) {
        onFailure = told;
    }

    /** Why output was lost (the reader of the pipe is gone, the disk is full), or null. */
    public synchronized @Nullable IOException failure() {
        return failure;
    }

    /** Whether output was lost because the reader at the other end of a pipe is gone. */
    public synchronized boolean isPipeBroken() {
        // The JDK tells it by the system's words only.
        return failure != null && String.valueOf(failure.getMessage()).contains("roken pipe");
    }

    private void drain() {
        if (filled > 0 && failure == null) {
            try {
                out.write(buffer, 0, filled);
                out.flush();
            } catch (IOException error) {
                failure = error;
                onFailure.run();
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
