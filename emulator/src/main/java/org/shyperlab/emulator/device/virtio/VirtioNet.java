package org.shyperlab.emulator.device.virtio;

/**
 * A network device (Virtio 5.1) without offloads. What the guest transmits is offered to a {@link FrameSink}; a frame that it refuses
 * stays in the transmit ring until there is room. The device is itself the sink for what arrives, and refuses while the driver has
 * no buffer for it. As a wire without a partner does, it swallows what arrives while there is no driver or the link is down.
 */
public final class VirtioNet extends VirtioDevice implements FrameSink {
    /** Bytes of the largest payload of a frame. */
    public static final int MTU = 1500;

    /** Bytes of the largest frame: addresses, one VLAN tag, type, payload. */
    public static final int FRAME_BYTES = 12 + 4 + 2 + MTU;

    private static final int SMALLEST_FRAME_BYTES = 14;
    private static final int ADDRESS_BYTES = 6;

    // Features (5.1.3).
    private static final long MTU_GIVEN = 1L << 3;
    private static final long MAC = 1L << 5;
    private static final long STATUS = 1L << 16;
    private static final long CONTROL_RING = 1L << 17;
    private static final long CONTROL_RX = 1L << 18;
    private static final long CONTROL_MAC = 1L << 23;

    private static final int ID = 1;
    private static final int RECEIVE = 0;
    private static final int TRANSMIT = 1;
    private static final int CONTROL = 2;
    private static final int CONFIG_WORDS = 3;
    private static final int LINK_UP = 1;
    /** Bytes before each frame (5.1.6): nothing but the number of buffers, always 1, is used without offloads. */
    private static final int HEADER_BYTES = 12;

    private final byte[] address;
    private final FrameSink peer;
    private final Virtqueue receive = ring(RECEIVE);
    private final Virtqueue transmit = ring(TRANSMIT);
    private final DescriptorChain arriving = new DescriptorChain(receive);
    private final DescriptorChain leaving = new DescriptorChain(transmit);
    private final FrameFilter filter;
    private final NetControl control;
    private final byte[] header = new byte[HEADER_BYTES];
    private final byte[] frame = new byte[FRAME_BYTES];
    /** Bytes of the frame that was refused and waits, its buffer taken from the ring; 0 when none waits. */
    private int waiting;

    private Runnable room = () -> {};
    private boolean roomWanted;
    private boolean linkUp = true;
    private long dropped;

    /**
     * A device with the link up.
     *
     * @param address six bytes
     * @param peer takes what the guest transmits
     */
    public VirtioNet(String name, byte[] address, FrameSink peer) {
        super(name, ID, 3);
        if (address.length != ADDRESS_BYTES) {
            throw new IllegalArgumentException(name + ": an Ethernet address has 6 bytes, not " + address.length);
        }
        this.address = address.clone();
        this.peer = peer;
        this.filter = new FrameFilter(FrameFilter.address(address, 0));
        this.control = new NetControl(ring(CONTROL), filter);
        header[HEADER_BYTES - 2] = 1;
        peer.onRoom(this::goOn);
    }

    /** Takes the link up or down, and tells the driver. */
    public void link(boolean up) {
        linkUp = up;
        configChanged();
        goOn();
        wakeGiver();
    }

    /** Frames that the driver handed over and nobody got: malformed ones, and those sent while the link was down. */
    public long dropped() {
        return dropped;
    }

    @Override
    long features() {
        return MTU_GIVEN | MAC | STATUS | CONTROL_RING | CONTROL_RX | CONTROL_MAC;
    }

    @Override
    int configWords() {
        return CONFIG_WORDS;
    }

    /** The configuration layout (5.1.4): mac, status, max_virtqueue_pairs (not offered), mtu. */
    @Override
    int configWord(int n) {
        return switch (n) {
            case 0 -> LittleEndian.i32(address, 0);
            case 1 -> address[4] & 0xff | (address[5] & 0xff) << 8 | (linkUp ? LINK_UP : 0) << 16;
            default -> MTU << 16;
        };
    }

    @Override
    void notified(int n) {
        switch (n) {
            case RECEIVE -> wakeGiver();
            case TRANSMIT -> send();
            default -> control.run();
        }
    }

    // ---- what the guest transmits ----

    private void goOn() {
        if (waiting > 0 && isRunning() && transmitWaiting()) {
            send();
        }
    }

    /** Offers the waiting frame again; whether it went. */
    private boolean transmitWaiting() {
        if (linkUp && !peer.offer(frame, 0, waiting)) {
            return false;
        }
        waiting = 0;
        transmit.complete(leaving, 0);
        return true;
    }

    private void send() {
        while (waiting == 0 && transmit.take(leaving)) {
            long length = leaving.readableBytes() - HEADER_BYTES;
            if (length < SMALLEST_FRAME_BYTES || length > FRAME_BYTES || !linkUp) {
                dropped++;
                transmit.complete(leaving, 0);
                continue;
            }
            if (!leaving.read(HEADER_BYTES, frame, 0, (int) length)) {
                return;
            }
            if (peer.offer(frame, 0, (int) length)) {
                transmit.complete(leaving, 0);
            } else {
                waiting = (int) length;
            }
        }
        transmit.signal();
    }

    // ---- what arrives for the guest ----

    @Override
    public boolean offer(byte[] buffer, int offset, int length) {
        if (!isRunning() || !linkUp || length < SMALLEST_FRAME_BYTES || !filter.passes(buffer, offset)) {
            return true;
        }
        if (!receive.take(arriving)) {
            roomWanted |= isRunning();
            return !isRunning();
        }
        // A frame that the driver's buffer is too small for is too long for this network, and lost (5.1.6.3.1).
        if (arriving.writableBytes() < HEADER_BYTES + (long) length) {
            receive.complete(arriving, 0);
        } else if (arriving.write(0, header, 0, HEADER_BYTES) && arriving.write(HEADER_BYTES, buffer, offset, length)) {
            receive.complete(arriving, HEADER_BYTES + length);
        }
        receive.signal();
        return true;
    }

    @Override
    public void onRoom(Runnable callback) {
        room = callback;
    }

    private void wakeGiver() {
        if (roomWanted) {
            roomWanted = false;
            room.run();
        }
    }

    /** Frames that wait in the rings are the driver's again; a giver that waits for room finds a swallowing wire. */
    @Override
    void reset() {
        waiting = 0;
        filter.reset();
        wakeGiver();
    }
}
