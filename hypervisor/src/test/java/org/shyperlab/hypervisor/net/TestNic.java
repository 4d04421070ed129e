package org.shyperlab.hypervisor.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.shyperlab.emulator.device.virtio.FrameSink;

/** A network device with receive buffers to be posted, and a send ring that waits when the port refuses. */
final class TestNic implements FrameSink {
    /** Frames begin here in the device's memory, so that offsets are not always zero. */
    private static final int OFFSET = 10;

    final SwitchPort port;
    final List<byte[]> received = new ArrayList<>();
    private final Deque<byte[]> sending = new ArrayDeque<>();
    private Runnable room = () -> {};
    private boolean refused;
    private int buffers;

    TestNic(SwitchPort port) {
        this.port = port;
        port.onRoom(this::send);
    }

    @Override
    public boolean offer(byte[] buffer, int offset, int length) {
        if (buffers == 0) {
            refused = true;
            return false;
        }
        buffers--;
        received.add(Arrays.copyOfRange(buffer, offset, offset + length));
        return true;
    }

    @Override
    public void onRoom(Runnable callback) {
        room = callback;
    }

    /** The guest posts receive buffers. */
    void post(int more) {
        buffers += more;
        if (buffers > 0 && refused) {
            refused = false;
            room.run();
        }
    }

    /** The guest takes all buffers back. */
    void withdraw() {
        buffers = 0;
    }

    int buffers() {
        return buffers;
    }

    /** The guest sends; returns whether the switch took the frame at once. */
    boolean send(byte[] frame) {
        boolean first = sending.isEmpty();
        sending.add(frame);
        if (first) {
            send();
        }
        return sending.isEmpty();
    }

    private void send() {
        while (!sending.isEmpty()) {
            byte[] frame = sending.element();
            byte[] buffer = new byte[OFFSET + frame.length];
            System.arraycopy(frame, 0, buffer, OFFSET, frame.length);
            boolean taken = port.offer(buffer, OFFSET, frame.length);
            // The bytes are the giver's again.
            Arrays.fill(buffer, (byte) 0x5a);
            if (!taken) {
                return;
            }
            sending.remove();
        }
    }

    /** Frames that the switch has not taken yet. */
    int unsent() {
        return sending.size();
    }
}
