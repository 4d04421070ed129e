package org.shyperlab.platforms.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.input.InputException;

/** The other end of a control socket. */
public final class ControlClient implements AutoCloseable {
    private static final String NO_ANSWER = "The machine ended before it answered.";

    private final SocketChannel channel;
    private final Lines lines;

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
        lines = new Lines(channel);
    }

    /** Connects. */
    static ControlClient connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException error) {
            channel.close();
            throw error;
        }
        return new ControlClient(channel);
    }

    /** Gives an order without waiting for the reply. */
    public void send(Order order, Message.Writer members) {
        String line = Message.line(json -> {
            json.writeStringField("order", order.key());
            members.write(json);
        });
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException gone) {
            throw new InputException(NO_ANSWER);
        }
    }

    /** The next line from the machine, a reply or an event; null when the connection has ended. */
    public @Nullable String nextLine() {
        try {
            return lines.next();
        } catch (IOException gone) {
            return null;
        } catch (ProtocolException broken) {
            throw new InputException("The machine's answer breaks the protocol: " + broken.getMessage());
        }
    }

    /**
     * Gives an order and waits for the reply, on a connection that has no console.
     *
     * @return the reply's line
     * @throws InputException when the machine refuses, with its problems
     */
    public String ask(Order order, Message.Writer members) {
        send(order, members);
        String line = nextLine();
        if (line == null) {
            throw new InputException(NO_ANSWER);
        }
        requireOk(line);
        return line;
    }

    /** Reads a line from the machine. */
    public static Message message(String line) {
        try {
            return Message.parse(line);
        } catch (ProtocolException broken) {
            throw new InputException("The machine's answer breaks the protocol: " + broken.getMessage());
        }
    }

    /** Throws what the machine refuses, if the line says so. */
    public static void requireOk(String line) {
        Message reply = message(line);
        if (!reply.texts("error").isEmpty()) {
            throw new InputException(reply.texts("error"));
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            // nothing left to close
        }
    }
}
