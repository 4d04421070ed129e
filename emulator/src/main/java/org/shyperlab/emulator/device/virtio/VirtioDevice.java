package org.shyperlab.emulator.device.virtio;

import java.util.Arrays;

/** A virtio device without its transport: what its rings and its configuration mean. */
public abstract class VirtioDevice {
    private final String name;
    private final int id;
    private final Virtqueue[] rings;
    private VirtioTransport transport = VirtioTransport.NONE;

    /**
     * A device that is behind no transport yet.
     *
     * @param name the instance's name in messages
     * @param id the device's id (Virtio 5)
     * @param ringCount how many rings it has
     */
    VirtioDevice(String name, int id, int ringCount) {
        this.name = name;
        this.id = id;
        this.rings = new Virtqueue[ringCount];
        Arrays.setAll(rings, Virtqueue::new);
    }

    /** The instance's name in messages. */
    public final String name() {
        return name;
    }

    final int id() {
        return id;
    }

    final Virtqueue ring(int n) {
        return rings[n];
    }

    final int rings() {
        return rings.length;
    }

    final void connect(VirtioTransport newTransport) {
        transport = newTransport;
    }

    /** Whether the driver is ready and the device not broken: only then it may use its rings. */
    final boolean isRunning() {
        return transport.isRunning();
    }

    /** Whether device and driver agreed on {@code feature}, one bit. */
    final boolean accepted(long feature) {
        return transport.accepted(feature);
    }

    /** The configuration space changed: the driver is told. */
    final void configChanged() {
        transport.configChanged(true);
    }

    /** The driver changed the configuration space, and need not be told. */
    final void configChangedByDriver() {
        transport.configChanged(false);
    }

    // ---- what a kind of device adds ----

    /** The device's own features, bits 0 to 23 and 50 to 63; the transport adds those of rings and transport. */
    abstract long features();

    /** Those of the {@code accepted} features that need another one, which was not accepted (Virtio 2.2.1). */
    long incomplete(long accepted) {
        return 0;
    }

    /** Whether it has ring {@code n} with the features that were accepted so far. */
    boolean hasRing(int n) {
        return true;
    }

    /** Words of its configuration space. */
    int configWords() {
        return 0;
    }

    /** Word {@code n} of its configuration space. */
    int configWord(int n) {
        throw new IllegalArgumentException(name + " has no configuration word " + n);
    }

    /** The driver is ready (DRIVER_OK): rings are set up and features accepted. */
    void start() {
        for (int n = 0; n < rings.length; n++) {
            notified(n);
        }
    }

    /** The driver says that ring {@code n} has new buffers; only while the driver is ready. */
    abstract void notified(int n);

    /** The driver gave the device up: what it had of the driver's buffers is stale. */
    abstract void reset();
}
