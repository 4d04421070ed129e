package org.shyperlab.platforms.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.run.Outcome;
import org.shyperlab.platforms.run.Run;

/**
 * Ctrl-C, SIGTERM and SIGHUP end a run as any other end does: the trace, the statistics and the captures are whole, disks are written
 * out, and the control socket is gone. The exit code stays the JVM's for the signal, 128 and its number.
 */
final class Shutdown implements AutoCloseable {
    /** A host that cannot write its files in this time does not hold the end up any longer. */
    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread atSignal = new Thread(this::end, "end-of-run");
    private volatile @Nullable Run run;

    private Shutdown() {}

    /** Opened before the run and closed after it, so that the run is closed meanwhile. */
    static Shutdown open() {
        Shutdown shutdown = new Shutdown();
        Runtime.getRuntime().addShutdownHook(shutdown.atSignal);
        return shutdown;
    }

    /** From now on a signal ends this run; before, it ends the program at once. */
    void ends(Run started) {
        run = started;
    }

    private void end() {
        Run running = run;
        if (running == null) {
            return;
        }
        running.submit(() -> running.stop(new Outcome(Outcome.INTERRUPTED, "ended by a signal")));
        try {
            over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The run is over and all is written. When a signal ended it, the JVM ends here. */
    @Override
    public void close() {
        over.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(atSignal);
        } catch (IllegalStateException ending) {
            waitForTheEnd();
        }
    }

    /** The JVM is ending with the signal's code; this thread must not end it with another. */
    private static void waitForTheEnd() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
