package org.shyperlab.platforms.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunningVms;

/**
 * The control socket of a run with VMs. Orders reach the machine by {@link Run#submit} only, so that a run to which nobody gives orders
 * is the run without the socket.
 */
public final class ControlServer implements AutoCloseable {
    private static final int MOST_CLIENTS = 32;
    private static final long LAST_WORDS_MILLIS = 1000;

    private final Run run;
    private final RunningVms vms;
    private final Path path;
    private final ServerSocketChannel socket;
    private final MachineThread machine;
    private final Orders orders;
    private final Map<Connection, Thread> clients = new LinkedHashMap<>();
    private boolean closed;

    private ControlServer(Run run, RunningVms vms, Path path, ServerSocketChannel socket) {
        this.run = run;
        this.vms = vms;
        this.path = path;
        this.socket = socket;
        machine = new MachineThread(run);
        orders = new Orders(run, vms, machine);
    }

    /**
     * Opens the socket of this process in {@code directory}, before the run is executed.
     *
     * @param vms the run's
     * @throws InputException when it cannot be opened
     */
    public static ControlServer open(Run run, RunningVms vms, ControlDirectory directory) {
        Path path = directory
                .create()
                .resolve(ControlDirectory.fileName(ProcessHandle.current().pid()));
        try {
            Files.deleteIfExists(path); // of a dead process that had our number
            ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                socket.bind(UnixDomainSocketAddress.of(path));
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            } catch (IOException error) {
                socket.close();
                throw error;
            }
            ControlServer server = new ControlServer(run, vms, path, socket);
            Thread.ofPlatform().daemon().name("control").start(server::accept);
            return server;
        } catch (IOException error) {
            throw new InputException(
                    "The control socket %s cannot be opened: %s".formatted(path, InputException.reason(error)));
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    private void accept() {
        try {
            while (true) {
                admit(socket.accept());
            }
        } catch (IOException end) {
            // The socket was closed; if it failed instead, those who are connected stay, and the run is not disturbed.
        }
    }

    private synchronized void admit(SocketChannel channel) {
        if (closed || clients.size() == MOST_CLIENTS) {
            refuse(channel);
            return;
        }
        Connection client = new Connection(channel, run, vms, machine, orders, this::gone);
        clients.put(client, Thread.ofPlatform().daemon().name("control-client").start(client));
    }

    private static void refuse(SocketChannel channel) {
        String full = Replies.error(List.of("The machine has %d clients already.".formatted(MOST_CLIENTS)));
        try (channel) {
            channel.write(ByteBuffer.wrap(full.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException gone) {
            // It has not waited for the answer; those who come after it are still admitted.
        }
    }

    private synchronized void gone(Connection client) {
        clients.remove(client);
    }

    private synchronized Map<Connection, Thread> lastClients() {
        closed = true;
        return Map.copyOf(clients);
    }

    /** The machine runs no further: answers what was asked, says good-bye, and removes the socket. */
    @Override
    public void close() {
        try {
            socket.close();
            Files.deleteIfExists(path);
        } catch (IOException left) {
            // A socket that nobody listens to is removed by whoever finds it.
        }
        machine.end();
        Map<Connection, Thread> last = lastClients();
        last.keySet().forEach(client -> client.end("the machine has ended"));
        try {
            for (Map.Entry<Connection, Thread> client : last.entrySet()) {
                client.getValue().join(LAST_WORDS_MILLIS);
                client.getKey().close();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
