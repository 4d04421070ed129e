package org.shyperlab.platforms.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** Sockets of the host, all connected to 127.0.0.1: there is no way from here to another address. */
final class HostSockets implements AutoCloseable {
    private final Selector selector;
    private final InetAddress loopback;
    private long failedCloses;

    /** Opens nothing yet. */
    HostSockets() throws IOException {
        selector = Selector.open();
        loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    /** Begins a TCP connection; {@link SocketChannel#finishConnect} tells when it stands. */
    SocketChannel connectTcp(int port) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.connect(new InetSocketAddress(loopback, port));
        } catch (IOException error) {
            channel.close();
            throw error;
        }
        return channel;
    }

    /** A UDP socket that sends to {@code port} and hears nobody else. */
    DatagramChannel connectUdp(int port) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.configureBlocking(false);
            channel.connect(new InetSocketAddress(loopback, port));
            channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException error) {
            channel.close();
            throw error;
        }
        return channel;
    }

    /** {@link #await} ends when one of these operations is possible; 0 for none. */
    void watch(SelectableChannel channel, int operations) throws IOException {
        SelectionKey key = channel.keyFor(selector);
        if (key == null) {
            channel.register(selector, operations);
        } else if (key.interestOps() != operations) {
            key.interestOps(operations);
        }
    }

    /** Waits until something that is watched is possible, at most so many milliseconds of the host; 0 does not wait. */
    void await(long milliseconds) throws IOException {
        if (milliseconds == 0) {
            selector.selectNow();
        } else {
            selector.select(milliseconds);
        }
        selector.selectedKeys().clear();
    }

    /** Gives a socket back. Nobody waits for its data any more, so a failure loses nothing; it is counted. */
    void close(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException error) {
            failedCloses++;
        }
    }

    /** Sockets that the host did not close as asked. */
    long failedCloses() {
        return failedCloses;
    }

    /** Sockets are closed by those who opened them. */
    @Override
    public void close() throws IOException {
        selector.close();
    }
}
