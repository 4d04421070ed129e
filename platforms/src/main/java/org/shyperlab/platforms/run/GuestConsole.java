package org.shyperlab.platforms.run;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.uart.SerialOutput;

/** What one guest prints: hashed, searched for the text that ends the run, and passed on to the host. */
final class GuestConsole implements SerialOutput {
    /** How much of what was printed a new watcher is shown. */
    static final int BACKLOG_BYTES = 1 << 16;

    private static final int BATCH_BYTES = 4096;

    private final ByteSink output;
    private final @Nullable TextMatcher until;
    private final Runnable found;
    private final MessageDigest digest = sha256();
    private final byte[] batch = new byte[BATCH_BYTES];
    private int filled;
    private ConsoleWatcher[] watchers = {};
    /** The end of what was printed, a ring whose oldest byte is at {@link #printed} modulo its length. */
    private final byte[] backlog = new byte[BACKLOG_BYTES];

    private long printed;

    /**
     * A console on which nothing was printed yet.
     *
     * @param until text to look for, or null
     * @param found told, on the machine's thread, each time that the text was printed
     */
    GuestConsole(ByteSink output, @Nullable String until, Runnable found) {
        this.output = output;
        this.until = until == null ? null : new TextMatcher(until);
        this.found = found;
    }

    @Override
    public void put(int value) {
        byte b = (byte) value;
        output.put(b);
        backlog[(int) (printed++ % BACKLOG_BYTES)] = b;
        for (ConsoleWatcher watcher : watchers) {
            watcher.printed(b);
        }
        if (filled == BATCH_BYTES) {
            drain();
        }
        batch[filled++] = b;
        if (until != null && until.accept(b)) {
            found.run();
        }
    }

    /** Shows {@code watcher} the end of what was printed, and what is printed from now on. */
    void add(ConsoleWatcher watcher) {
        for (long at = Math.max(0, printed - BACKLOG_BYTES); at < printed; at++) {
            watcher.printed(backlog[(int) (at % BACKLOG_BYTES)]);
        }
        watchers = Arrays.copyOf(watchers, watchers.length + 1);
        watchers[watchers.length - 1] = watcher;
    }

    /** Ends {@link #add}. */
    void remove(ConsoleWatcher watcher) {
        watchers = Arrays.stream(watchers).filter(other -> other != watcher).toArray(ConsoleWatcher[]::new);
    }

    /** The guest's VM is gone. */
    void removed() {
        ConsoleWatcher[] told = watchers;
        watchers = new ConsoleWatcher[0];
        for (ConsoleWatcher watcher : told) {
            watcher.removed();
        }
    }

    /** SHA-256 of everything printed so far, in hex. */
    String sha256Hex() {
        drain();
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", impossible);
        }
    }

    private void drain() {
        digest.update(batch, 0, filled);
        filled = 0;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
