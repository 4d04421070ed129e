package org.shyperlab.emulator.device.virtio;

/**
 * Where Ethernet frames go: a network device's receiver, a port of a switch, an uplink. All calls come from the machine's thread.
 *
 * <p>Two partners give each other their sinks. Nothing that was accepted is lost; a sink without room refuses, and the giver waits.
 */
public interface FrameSink {
    /**
     * Offers an Ethernet frame without FCS.
     *
     * @return false: no room now, the giver keeps the frame and offers it again after the callback of {@link #onRoom}. The bytes are
     *     the giver's again after return, either way.
     */
    boolean offer(byte[] buffer, int offset, int length);

    /** Who is told, once per refused offer, that there is room again. */
    void onRoom(Runnable callback);
}
