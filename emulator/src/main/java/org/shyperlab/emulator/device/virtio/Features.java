package org.shyperlab.emulator.device.virtio;

/** The feature bits that do not belong to one kind of device (Virtio 6). */
final class Features {
    /** Descriptors may point to tables of descriptors. */
    static final long RING_INDIRECT_DESC = 1L << 28;
    /** Both sides say at which index they want to hear of buffers. */
    static final long RING_EVENT_IDX = 1L << 29;
    /** Not the protocol from before the specification. */
    static final long VERSION_1 = 1L << 32;

    /** What every device here offers. */
    static final long COMMON = RING_INDIRECT_DESC | RING_EVENT_IDX | VERSION_1;

    private Features() {}
}
