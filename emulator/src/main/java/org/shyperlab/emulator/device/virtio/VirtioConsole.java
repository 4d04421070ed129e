package org.shyperlab.emulator.device.virtio;

/**
 * A console (Virtio 5.3) with one port. What the guest sends goes to a {@link StreamSink}, which may take it later; the console is
 * itself the sink for what the guest receives.
 */
public final class VirtioConsole extends VirtioDevice implements StreamSink {
    private static final long SIZE = 1L;
    private static final int ID = 3;
    private static final int RECEIVE = 0;
    private static final int TRANSMIT = 1;
    private static final int BATCH_BYTES = 4096;
    /** A longer buffer, which no driver has, would keep the machine busy for as long as it is. */
    private static final long LONGEST_BYTES = 4 << 20;

    private final StreamSink peer;
    private final Virtqueue receive = ring(RECEIVE);
    private final Virtqueue transmit = ring(TRANSMIT);
    private final DescriptorChain arriving = new DescriptorChain(receive);
    private final DescriptorChain leaving = new DescriptorChain(transmit);
    private final byte[] batch = new byte[BATCH_BYTES];
    private Runnable room = () -> {};
    private boolean roomWanted;
    private int columns;
    private int rows;
    /** Bytes of {@link #leaving} that the peer took; -1 while it holds no buffer. */
    private long sent = -1;

    private boolean waits;

    /**
     * A console.
     *
     * @param peer takes what the guest sends
     */
    public VirtioConsole(String name, StreamSink peer) {
        super(name, ID, 2);
        this.peer = peer;
        peer.onRoom(this::goOn);
    }

    /** Tells the guest the size of the terminal, in characters; before its driver starts, so that it is offered. */
    public void resize(int newColumns, int newRows) {
        columns = newColumns;
        rows = newRows;
        configChanged();
    }

    /** A size is offered when it is known. */
    @Override
    long features() {
        return columns > 0 && rows > 0 ? SIZE : 0;
    }

    @Override
    int configWords() {
        return 1;
    }

    @Override
    int configWord(int n) {
        return columns & 0xffff | rows << 16;
    }

    @Override
    void notified(int n) {
        if (n == TRANSMIT) {
            send();
        } else if (roomWanted) {
            roomWanted = false;
            room.run();
        }
    }

    // ---- what the guest sends ----

    private void goOn() {
        waits = false;
        if (isRunning()) {
            send();
        }
    }

    private void send() {
        while (!waits && (sent >= 0 || take())) {
            int count = (int) Math.min(BATCH_BYTES, leaving.readableBytes() - sent);
            if (!leaving.read(sent, batch, 0, count)) {
                sent = -1; // the ring is broken, or the driver took it back and this is the next one's turn
                continue;
            }
            int accepted = count == 0 ? 0 : peer.offer(batch, 0, count);
            sent += accepted;
            waits = accepted < count;
            if (sent == leaving.readableBytes()) {
                sent = -1;
                transmit.complete(leaving, 0);
            }
        }
        transmit.signal();
    }

    private boolean take() {
        if (!transmit.take(leaving)) {
            return false;
        }
        if (leaving.readableBytes() > LONGEST_BYTES) {
            return transmit.fail(
                    "the buffer at descriptor %d has %d bytes, more than the %d that this console takes at once",
                    leaving.head(), leaving.readableBytes(), LONGEST_BYTES);
        }
        sent = 0;
        return true;
    }

    // ---- what arrives for the guest ----

    /** Takes what the guest's buffers have room for; what comes before a driver is ready waits with the giver. */
    @Override
    public int offer(byte[] buffer, int offset, int length) {
        int done = 0;
        while (done < length && isRunning() && receive.take(arriving)) {
            int count = (int) Math.min(arriving.writableBytes(), length - done);
            if (!arriving.write(0, buffer, offset + done, count)) {
                break;
            }
            receive.complete(arriving, count);
            done += count;
        }
        receive.signal();
        roomWanted |= done < length;
        return done;
    }

    @Override
    public void onRoom(Runnable callback) {
        room = callback;
    }

    @Override
    void reset() {
        // A buffer half sent is the driver's again; what the peer took of it is sent.
        sent = -1;
    }
}
