package org.shyperlab.platforms.control;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.Run;

/** Carries out orders on the machine's thread while their clients' threads wait for the result. */
final class MachineThread {
    private static final String ENDED = "The machine has ended.";

    private final Run run;
    private final Set<CompletableFuture<?>> waiting = new HashSet<>();
    private boolean ended;

    MachineThread(Run run) {
        this.run = run;
    }

    /**
     * The result of {@code action}.
     *
     * @throws InputException when the action throws one, or the machine ends before it is done
     */
    <T> T call(Supplier<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        synchronized (this) {
            if (ended) {
                throw new InputException(ENDED);
            }
            waiting.add(result);
        }
        run.submit(() -> carryOut(action, result));
        try {
            return result.join();
        } catch (CompletionException error) {
            if (error.getCause() instanceof InputException refused) {
                throw refused;
            }
            throw error;
        } finally {
            synchronized (this) {
                waiting.remove(result);
            }
        }
    }

    /** Anything but a refusal is a mistake of ours: it ends the run with its stack trace, as everywhere on the machine's thread. */
    private static <T> void carryOut(Supplier<T> action, CompletableFuture<T> result) {
        try {
            result.complete(action.get());
        } catch (InputException refused) {
            result.completeExceptionally(refused);
        }
    }

    /** The machine runs no further: whoever waits is told. */
    synchronized void end() {
        ended = true;
        InputException told = new InputException(ENDED);
        Set.copyOf(waiting).forEach(result -> result.completeExceptionally(told));
    }
}
