package org.shyperlab.platforms.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.shyperlab.platforms.run.ConsoleOutput;
import org.shyperlab.platforms.run.Outcome;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunBuilder;
import org.shyperlab.platforms.run.RunOptions;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** A scenario that runs in a thread of this JVM, with its control socket. */
final class RunningMachine implements AutoCloseable {
    private static final long LONGEST_SECONDS = 120;

    private final CompletableFuture<Path> socket = new CompletableFuture<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    private RunningMachine() {}

    /** Starts it, and waits until its socket is open. */
    static RunningMachine start(Path scenario, ControlDirectory directory) {
        RunningMachine machine = new RunningMachine();
        Thread.ofPlatform().daemon().name("machine").start(() -> machine.run(scenario, directory));
        machine.socket.orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS).join();
        return machine;
    }

    private void run(Path scenario, ControlDirectory directory) {
        try (ConsoleOutput output = new ConsoleOutput(new ByteArrayOutputStream());
                Run run = RunBuilder.build(
                        ScenarioCatalog.load(scenario.toString()), RunOptions.plain(false), output, text -> {});
                ControlServer server = ControlServer.open(run, Objects.requireNonNull(run.vms()), directory)) {
            socket.complete(server.path());
            outcome.complete(run.execute());
        } catch (RuntimeException failed) {
            socket.completeExceptionally(failed);
            outcome.completeExceptionally(failed);
            throw failed;
        }
    }

    Path socket() {
        return socket.join();
    }

    ControlClient connect() {
        try {
            return ControlClient.connect(socket());
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Gives one order on a connection of its own. */
    Message ask(Order order, Message.Writer members) {
        try (ControlClient client = connect()) {
            return ControlClient.message(client.ask(order, members));
        }
    }

    /** Gives one order about a VM. */
    Message ask(Order order, String vm) {
        return ask(order, json -> json.writeStringField("vm", vm));
    }

    /** How the run ended; waits for that. */
    Outcome outcome() {
        return outcome.orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        if (!outcome.isDone()) {
            for (Message vm : ask(Order.LIST, json -> {}).objects("vms")) {
                ask(Order.REMOVE, Long.toString(vm.integer("id")));
            }
            outcome();
        }
    }
}
