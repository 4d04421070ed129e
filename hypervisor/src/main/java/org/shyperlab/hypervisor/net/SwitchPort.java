package org.shyperlab.hypervisor.net;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.virtio.FrameSink;

/**
 * One port of a {@link VirtualSwitch}: the device behind it offers the port its frames, and the port offers the device what is for it.
 *
 * <p>What the switch took with {@link #offer} is dropped by a rule (and counted) or delivered: to receivers that have room at once, to
 * their queues otherwise; when a queue is full, the frame waits here, and the next one is refused until it has left.
 */
public final class SwitchPort implements FrameSink {
    /** Frames that a port keeps for a device that has no buffers at the moment. */
    static final int QUEUE_FRAMES = 256;

    private final VirtualSwitch network;
    private final int number;
    private final int owner;
    private final String name;
    private final MacAddress address;
    private final PortCounters counters = new PortCounters();

    // Towards the device.
    private final FrameQueue queue = new FrameQueue(QUEUE_FRAMES);
    private final WaitingSenders waiting;
    private final Patience patience;
    private @Nullable FrameSink device;
    private boolean linkUp;
    private boolean delivering;

    // From the device: a frame that some receivers' queues have no room for.
    private final byte[] held = new byte[EthernetFrame.LONGEST_TAGGED];
    private int heldLength;
    /** The receivers that have not got it yet, one bit per port. */
    private long heldFor;

    private Runnable room = () -> {};
    private boolean refused;
    private @Nullable FrameCapture capture;

    SwitchPort(VirtualSwitch network, int number, int owner, String name, MacAddress address) {
        this.network = network;
        this.number = number;
        this.owner = owner;
        this.name = name;
        this.address = address;
        waiting = new WaitingSenders(VirtualSwitch.MOST_PORTS);
        patience = new Patience(network.hertz());
    }

    /** The VM that the port is for, or {@link VirtualSwitch#NO_VM}. */
    public int owner() {
        return owner;
    }

    /** The device's name, for tables. */
    public String name() {
        return name;
    }

    /** The address that the NIC is configured with. */
    public MacAddress address() {
        return address;
    }

    /** What passed so far. */
    public PortCounters counters() {
        return counters;
    }

    /** Whether frames for this port go to its device. */
    public boolean isLinkUp() {
        return linkUp;
    }

    /** Frames that wait for the device. */
    public int queued() {
        return queue.size();
    }

    int number() {
        return number;
    }

    long bit() {
        return 1L << number;
    }

    /** Shows all frames of the port to {@code newCapture} from now on; null ends that. */
    public void capture(@Nullable FrameCapture newCapture) {
        capture = newCapture;
    }

    /** Puts the cable in, once: frames for this port go to {@code newDevice} from now on, and the link is up. */
    public void attach(FrameSink newDevice) {
        if (device != null) {
            throw new IllegalStateException(name + " has a device already");
        }
        device = newDevice;
        newDevice.onRoom(this::deliver);
        linkUp = true;
    }

    /**
     * Takes the link down, or up again, as when a VM is suspended or its driver resets the device. Before {@link #attach} it is down.
     * What comes for a port whose link is down is dropped, and so is what waits when the link goes down.
     */
    public void link(boolean up) {
        Objects.requireNonNull(device, name);
        linkUp = up;
        if (!up) {
            while (!queue.isEmpty()) {
                queue.removeHead();
                counters.drop(DropReason.LINK_DOWN);
            }
            dropWaiting(DropReason.LINK_DOWN);
        }
    }

    @Override
    public void onRoom(Runnable callback) {
        room = callback;
    }

    @Override
    public boolean offer(byte[] buffer, int offset, int length) {
        if (heldFor != 0) {
            refused = true;
            return false;
        }
        long receivers = network.receivers(this, buffer, offset, length);
        if (capture != null) {
            capture.frame(buffer, offset, length);
        }
        while (receivers != 0) {
            SwitchPort receiver = network.port(Long.numberOfTrailingZeros(receivers));
            receivers &= receivers - 1;
            if (!receiver.take(buffer, offset, length)) {
                if (heldFor == 0) {
                    System.arraycopy(buffer, offset, held, 0, length);
                    heldLength = length;
                }
                heldFor |= receiver.bit();
                receiver.wait(this);
            }
        }
        return true;
    }

    /** A frame for the device. False: its queue is full, and the sender is to {@link #wait}. */
    private boolean take(byte[] buffer, int offset, int length) {
        if (!linkUp) {
            counters.drop(DropReason.LINK_DOWN);
            return true;
        }
        if (queue.isEmpty() && !delivering) {
            // Nothing is ahead of it and the device may have room: no need to keep a copy.
            if (handOver(buffer, offset, length)) {
                deliver();
                return true;
            }
        }
        if (!queue.isFull()) {
            queue.add(buffer, offset, length);
            return true;
        }
        if (patience.isExhausted()) {
            counters.drop(DropReason.SLOW);
            return true;
        }
        return false;
    }

    private boolean handOver(byte[] buffer, int offset, int length) {
        delivering = true;
        boolean taken = Objects.requireNonNull(device).offer(buffer, offset, length);
        delivering = false;
        if (taken) {
            counters.out(length);
            if (capture != null) {
                capture.frame(buffer, offset, length);
            }
            patience.spend(network.nowIf(patience.isHeld()));
            patience.earn();
        }
        return taken;
    }

    /** Gives the device what it takes of the queue; each place that becomes free goes to the sender that waited longest. */
    private void deliver() {
        while (!delivering && !queue.isEmpty() && handOver(queue.bytes(), queue.headOffset(), queue.headLength())) {
            queue.removeHead();
            SwitchPort sender = waiting.poll();
            if (sender != null) {
                queue.add(sender.held, 0, sender.heldLength);
                releaseIfNobodyWaits();
                sender.heldFrameLeftFor(this);
            }
        }
    }

    private void wait(SwitchPort sender) {
        waiting.add(sender);
        patience.hold(network.now());
        network.watch(patience.end());
    }

    private void heldFrameLeftFor(SwitchPort receiver) {
        heldFor &= ~receiver.bit();
        if (heldFor == 0 && refused) {
            refused = false;
            room.run();
        }
    }

    /** Who waits has waited long enough? Returns when to ask again. */
    long checkPatience(long now) {
        patience.spend(now);
        if (patience.isHeld() && patience.isExhausted()) {
            dropWaiting(DropReason.SLOW);
        }
        return patience.isHeld() ? patience.end() : Long.MAX_VALUE;
    }

    private void dropWaiting(DropReason reason) {
        // Those who are told that there is room may wait again at once: they are not meant.
        for (int left = waiting.size(); left > 0; left--) {
            SwitchPort sender = waiting.poll();
            if (sender != null) {
                counters.drop(reason);
                releaseIfNobodyWaits();
                sender.heldFrameLeftFor(this);
            }
        }
    }

    private void releaseIfNobodyWaits() {
        if (waiting.isEmpty()) {
            patience.release(network.now());
        }
    }

    /** The port is taken out: nobody waits for it, and it waits for nobody. */
    void remove() {
        if (device != null) {
            link(false);
            device.onRoom(() -> {});
        }
        heldFor = 0;
        capture = null;
    }

    /** A port that waited is taken out. */
    void forget(SwitchPort sender) {
        waiting.remove(sender);
        releaseIfNobodyWaits();
    }
}
