package org.shyperlab.platforms.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.ConsoleInput;
import org.shyperlab.platforms.run.ConsoleWatcher;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunningVms;

/**
 * One client at one VM's console. The machine never waits for the client: what it does not read in time is lost, and it is told how
 * much.
 */
final class ConsoleSession implements ConsoleWatcher {
    private static final int MOST_PENDING_OUTPUT = 1 << 20;
    private static final int MOST_PENDING_INPUT = 4096;
    private static final int LONGEST_EVENT = 32 << 10;
    private static final long PERIOD_MILLIS = 20;

    /** Where lines go. */
    interface Destination {
        void send(String line) throws IOException;
    }

    private final Run run;
    private final RunningVms vms;
    private final int vm;
    private final Destination client;
    private final boolean hasInput;
    private final ConsoleInput input;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private final Thread writer =
            Thread.ofPlatform().daemon().name("control-console").unstarted(this::write);
    private long lost;
    private @Nullable String end;

    /** A session at the console of a VM that is there. On the machine's thread. */
    ConsoleSession(Run run, RunningVms vms, int vm, Destination client) {
        this.run = run;
        this.vms = vms;
        this.vm = vm;
        this.client = client;
        hasInput = vms.hasInput(vm);
        input = new ConsoleInput(run, value -> vms.type(vm, value));
    }

    /** Begins to pass on what the VM prints. */
    void start() {
        writer.start();
    }

    @Override
    public synchronized void printed(byte value) {
        if (pending.size() < MOST_PENDING_OUTPUT) {
            pending.write(value);
        } else {
            lost++;
        }
    }

    @Override
    public void removed() {
        end("VM " + vm + " was removed");
    }

    /** Passes on what has come so far, then says why nothing comes any more. */
    synchronized void end(String why) {
        if (end == null) {
            end = why;
        }
    }

    private synchronized boolean hasEnded() {
        return end != null;
    }

    /** Takes what the client types; waits as long as the guest does not take it. */
    void type(byte[] bytes) {
        if (!hasInput) {
            throw new InputException("VM %d has no serial port that can be typed to.".formatted(vm));
        }
        for (byte b : bytes) {
            while (input.waiting() >= MOST_PENDING_INPUT && !hasEnded()) {
                pause();
            }
            input.type(b & 0xff);
        }
    }

    /** Ends the session, and waits until the client has got its last line or is gone. */
    void close() {
        end("detached");
        run.submit(() -> vms.unwatch(vm, this));
        try {
            writer.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            while (writeOnce()) {
                if (input.waiting() > 0) {
                    run.submit(input::deliver);
                }
                pause();
            }
        } catch (IOException gone) {
            end("the client has gone"); // its connection ends by itself
        }
    }

    private boolean writeOnce() throws IOException {
        byte[] bytes;
        long missing;
        String why;
        synchronized (this) {
            bytes = pending.toByteArray();
            pending.reset();
            missing = lost;
            lost = 0;
            why = end;
        }
        for (int from = 0; from < bytes.length; from += LONGEST_EVENT) {
            client.send(Replies.output(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + LONGEST_EVENT))));
        }
        if (missing > 0) {
            client.send(Replies.lost(missing));
        }
        if (why != null) {
            client.send(Replies.end(why));
        }
        return why == null;
    }

    private static void pause() {
        try {
            Thread.sleep(PERIOD_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
