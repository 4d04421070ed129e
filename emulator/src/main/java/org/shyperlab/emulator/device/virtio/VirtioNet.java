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

    private final FrameSink peer;
    private final Virtqueue receive = ring(RECEIVE);
    private final Virtqueue transmit = ring(TRANSMIT);
    private final DescriptorChain arriving = new DescriptorChain(receive);
    private final DescriptorChain leaving = new DescriptorChain(transmit);
    private final FrameFilter filter;
    private final NetControl control;
    private final byte[] header = new byte[HEADER_BYTES];
    /** A longer frame is cut to one byte more than the largest, by which the peer sees that it is too long. */
    private final byte[] frame = new byte[FRAME_BYTES + 1];
    /** One more than the bytes of the frame that was refused and waits, its buffer taken from the ring; 0 when none waits. */
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
        this.peer = peer;
        this.filter = new FrameFilter(FrameFilter.address(address, 0));
        this.control = new NetControl(this, ring(CONTROL), filter);
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

    /** Frames that the driver handed over while the link was down. */
    public long dropped() {
        return dropped;
    }

    @Override
    long features() {
        return MTU_GIVEN | MAC | STATUS | CONTROL_RING | CONTROL_RX | CONTROL_MAC;
    }

    @Override
    long incomplete(long accepted) {
        return (accepted & CONTROL_RING) != 0 ? 0 : accepted & (CONTROL_RX | CONTROL_MAC);
    }

    /** The control ring only exists when it was negotiated (5.1.2). */
    @Override
    boolean hasRing(int n) {
        return n != CONTROL || accepted(CONTROL_RING);
    }

    boolean acceptsReceiveCommands() {
        return accepted(CONTROL_RX);
    }

    boolean acceptsAddressCommand() {
        return accepted(CONTROL_MAC);
    }

    /** The driver gives the device another address until the next reset; the configuration shows it (5.1.6.5.2.1). */
    void address(long address) {
        filter.own(address);
        configChangedByDriver();
    }

    @Override
    int configWords() {
        return CONFIG_WORDS;
    }

    /** The configuration layout (5.1.4): mac, status, max_virtqueue_pairs (not offered), mtu. */
    @Override
    int configWord(int n) {
        return switch (n) {
            // The filter has the first byte highest, the configuration lowest.
            case 0 -> Integer.reverseBytes((int) (filter.own() >>> 16));
            case 1 -> Short.reverseBytes((short) filter.own()) & 0xffff | (linkUp ? LINK_UP : 0) << 16;
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
        if (!hand(waiting - 1)) {
            return false;
        }
        waiting = 0;
        transmit.complete(leaving, 0);
        return true;
    }

    /** Whether a frame is gone: taken by the peer, or lost because the link is down. */
    private boolean hand(int length) {
        if (!linkUp) {
            dropped++;
            return true;
        }
        return peer.offer(frame, 0, length);
    }

    private void send() {
        while (waiting == 0 && transmit.take(leaving)) {
            int length = (int) Math.min(leaving.readableBytes() - HEADER_BYTES, frame.length);
            if (length < 0) {
                transmit.fail(
                        "the buffer at descriptor %d has %d bytes to read, and begins with a header of 12 (Virtio 5.1.6)",
                        leaving.head(), leaving.readableBytes());
                return;
            }
            if (!leaving.read(HEADER_BYTES, frame, 0, length)) {
                return;
            }
            if (hand(length)) {
                transmit.complete(leaving, 0);
            } else {
                waiting = length + 1;
            }
        }
        transmit.signal();
    }

    // ---- what arrives for the guest ----

    @Override
    public boolean offer(byte[] buffer, int offset, int length) {
        boolean isFrame = length >= SMALLEST_FRAME_BYTES && length <= FRAME_BYTES;
        if (!isRunning() || !linkUp || !isFrame || !filter.passes(buffer, offset)) {
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
