package org.shyperlab.platforms.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunningVms;

/** One client: reads its lines, one after the other, and answers each with one line. */
final class Connection implements Runnable {
    private final SocketChannel channel;
    private final Run run;
    private final RunningVms vms;
    private final MachineThread machine;
    private final Orders orders;
    private final Consumer<Connection> closed;
    private final Object writing = new Object();
    private volatile @Nullable ConsoleSession console;

    /** A client that has just come; {@code closed} is told when it has gone. */
    Connection(
            SocketChannel channel,
            Run run,
            RunningVms vms,
            MachineThread machine,
            Orders orders,
            Consumer<Connection> closed) {
        this.channel = channel;
        this.run = run;
        this.vms = vms;
        this.machine = machine;
        this.orders = orders;
        this.closed = closed;
    }

    @Override
    public void run() {
        try {
            Lines lines = new Lines(channel);
            while (answerNext(lines)) {
                // the next one
            }
        } catch (IOException gone) {
            // The client went away without a word, as when it is killed: the same as its end.
        } finally {
            ConsoleSession session = console;
            if (session != null) {
                session.close();
            }
            close();
            closed.accept(this);
        }
    }

    private boolean answerNext(Lines lines) throws IOException {
        boolean hadConsole = console != null;
        String reply;
        try {
            String line = lines.next();
            if (line == null) {
                return false;
            }
            reply = Replies.ok(answer(Request.parse(line)));
        } catch (ProtocolException broken) {
            reply = Replies.error(List.of(String.valueOf(broken.getMessage())));
        } catch (InputException refused) {
            reply = Replies.error(refused.problems());
        }
        ConsoleSession session = console;
        if (session == null || hadConsole) {
            send(reply);
        } else {
            try {
                send(reply);
            } finally {
                session.start(); // behind the reply; also when the client has gone already, because its end is the
                // session's own
            }
        }
        return true;
    }

    private Message.Writer answer(Request request) throws ProtocolException {
        return switch (request.order()) {
            case CONSOLE -> attach(request.vm());
            case TYPE -> type(request.data());
            default -> orders.carryOut(request);
        };
    }

    private Message.Writer attach(String vm) throws ProtocolException {
        if (console != null) {
            throw new ProtocolException("A connection has one console; open another connection for another one.");
        }
        return machine.call(() -> {
            int number = vms.number(vm);
            ConsoleSession session = new ConsoleSession(run, vms, number, this::send);
            vms.watch(number, session);
            run.expectInput();
            console = session;
            return Replies.vm(vms.figures(vm));
        });
    }

    private Message.Writer type(byte[] data) throws ProtocolException {
        ConsoleSession session = console;
        if (session == null) {
            throw new ProtocolException("\"type\" comes after \"console\" on the same connection.");
        }
        session.type(data);
        return Replies.NOTHING;
    }

    private void send(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        synchronized (writing) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /** The machine has ended: what was asked is still answered, and a console told. */
    void end(String why) {
        ConsoleSession session = console;
        if (session != null) {
            session.end(why);
        }
        try {
            channel.shutdownInput();
        } catch (IOException gone) {
            // nothing left to end
        }
    }

    /** Drops the client. */
    void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            // nothing left to close
        }
    }
}
