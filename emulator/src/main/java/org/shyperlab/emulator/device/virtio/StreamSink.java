package org.shyperlab.emulator.device.virtio;

/**
 * Where characters go: a console's receiver, a terminal. All calls come from the machine's thread. As with {@link FrameSink}, nothing
 * that was accepted is lost.
 */
public interface StreamSink {
    /**
     * Offers bytes.
     *
     * @return how many of them, from the first, were accepted; the giver offers the rest again after the callback of {@link #onRoom}
     */
    int offer(byte[] buffer, int offset, int length);

    /** Who is told, once per offer that was not accepted whole, that there is room again. */
    void onRoom(Runnable callback);
}
