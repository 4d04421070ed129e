package org.shyperlab.platforms.control;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.input.FileNames;
import org.shyperlab.platforms.input.InputException;

/** Finds the running machine that a command is meant for. */
public final class Machines {
    private static final long PATIENCE_MILLIS = 2000;

    private record Machine(String name, long pid, Path socket) {
        @Override
        public String toString() {
            return pid + " (" + name + ")";
        }
    }

    private Machines() {}

    /**
     * Connects to a machine.
     *
     * @param wanted its process id, its scenario's name or the path of its socket; null when there is only one
     * @throws InputException when there is no such machine, or more than one
     */
    public static ControlClient connect(List<ControlDirectory> directories, @Nullable String wanted) {
        if (wanted != null && wanted.contains("/")) {
            return connect(FileNames.path(wanted));
        }
        List<Machine> running = new ArrayList<>();
        for (ControlDirectory directory : directories) {
            for (Path socket : directory.sockets()) {
                Machine machine = identify(socket);
                if (machine != null) {
                    running.add(machine);
                }
            }
        }
        List<Machine> meant = running.stream()
                .filter(machine ->
                        wanted == null || wanted.equals(machine.name()) || wanted.equals(Long.toString(machine.pid())))
                .toList();
        if (meant.size() == 1) {
            return connect(meant.getFirst().socket());
        }
        throw new InputException(why(running, meant, wanted));
    }

    private static String why(List<Machine> running, List<Machine> meant, @Nullable String wanted) {
        if (running.isEmpty()) {
            return "No machine with VMs is running. Start one in another terminal: shyper run SCENARIO"
                    + " (without --native and --no-control).";
        }
        if (meant.isEmpty()) {
            return "There is no machine \"%s\". There are: %s.".formatted(wanted, names(running));
        }
        return "Several machines are running; say by --machine which one: %s.".formatted(names(meant));
    }

    private static String names(List<Machine> machines) {
        return machines.stream().map(Machine::toString).collect(Collectors.joining(", "));
    }

    private static ControlClient connect(Path socket) {
        try {
            return ControlClient.connect(socket);
        } catch (IOException error) {
            throw new InputException(
                    "The control socket %s cannot be used: %s".formatted(socket, InputException.reason(error)));
        }
    }

    /** Asks who is behind a socket; null when nobody answers. The socket of a process that is dead is removed. */
    private static @Nullable Machine identify(Path socket) {
        try (ControlClient client = ControlClient.connect(socket)) {
            // A process that is stopped accepts and says nothing.
            CompletableFuture.delayedExecutor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .execute(client::close);
            Message reply = ControlClient.message(client.ask(Order.MACHINE, Replies.NOTHING));
            String name = reply.text("machine");
            return new Machine(name == null ? "" : name, ControlDirectory.pid(socket), socket);
        } catch (InputException silent) {
            return null;
        } catch (ConnectException refused) {
            removeStale(socket);
            return null;
        } catch (IOException gone) {
            return null; // it ended just now
        }
    }

    private static void removeStale(Path socket) {
        if (ProcessHandle.of(ControlDirectory.pid(socket)).isEmpty()) {
            try {
                Files.deleteIfExists(socket);
            } catch (IOException left) {
                // It disturbs nobody: the next command finds it dead again.
            }
        }
    }
}
