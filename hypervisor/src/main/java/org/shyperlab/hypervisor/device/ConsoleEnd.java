package org.shyperlab.hypervisor.device;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.uart.SerialInput;
import org.shyperlab.emulator.device.virtio.StreamSink;
import org.shyperlab.emulator.device.virtio.VirtioConsole;

/**
 * One end of a cable between virtio consoles: takes what its own console sends, at once and always, as a serial line does. What the
 * receiving guest has no buffers for waits here; when that is too much, the oldest is lost, so that no guest can stop its peer by not
 * reading.
 */
public final class ConsoleEnd implements StreamSink {
    /** Bytes that wait for a guest which does not read. */
    static final int QUEUE_BYTES = 1 << 16;

    /** Where a console is: a VM's id and the guest-physical address of the device. */
    public record Place(long vm, long base) {}

    /** Takes what is sent to nobody. */
    @FunctionalInterface
    public interface Host {
        /** One byte. */
        void put(byte value);
    }

    private final ConsoleLinks links;
    private final Place place;
    private final Place peer;
    private final Host host;
    private final byte[] queue = new byte[QUEUE_BYTES];
    private final byte[] typed = new byte[1];
    private int head;
    private int queued;
    private @Nullable VirtioConsole console;

    ConsoleEnd(ConsoleLinks links, Place place, Place peer, Host host) {
        this.links = links;
        this.place = place;
        this.peer = peer;
        this.host = host;
    }

    /** Sets the console of this end, once. */
    public void attach(VirtioConsole device) {
        console = device;
        device.onRoom(this::deliver);
    }

    Place place() {
        return place;
    }

    Place peer() {
        return peer;
    }

    @Override
    public int offer(byte[] buffer, int offset, int length) {
        ConsoleEnd partner = links.partner(this);
        if (partner == null) {
            for (int i = offset; i < offset + length; i++) {
                host.put(buffer[i]);
            }
        } else if (partner != this) { // nobody reads what a guest writes to its notification port
            partner.put(buffer, offset, length);
        }
        return length;
    }

    @Override
    public void onRoom(Runnable callback) {
        // There always is room.
    }

    /** Where somebody outside types to the guest at this end; null while another console is at the other end. */
    public @Nullable SerialInput keyboard() {
        return links.partner(this) == null ? this::receive : null;
    }

    private boolean receive(int value) {
        if (queued == QUEUE_BYTES) {
            return false;
        }
        typed[0] = (byte) value;
        put(typed, 0, 1);
        return true;
    }

    /** Bytes for the guest at this end. */
    public void put(byte[] buffer, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (queued == QUEUE_BYTES) {
                deliver();
            }
            if (queued == QUEUE_BYTES) {
                head = (head + 1) % QUEUE_BYTES;
                queued--;
            }
            queue[(head + queued) % QUEUE_BYTES] = buffer[i];
            queued++;
        }
        deliver();
    }

    private void deliver() {
        VirtioConsole device = console;
        int taken = 1;
        while (device != null && queued > 0 && taken > 0) {
            taken = device.offer(queue, head, Math.min(queued, QUEUE_BYTES - head));
            head = (head + taken) % QUEUE_BYTES;
            queued -= taken;
        }
    }
}
