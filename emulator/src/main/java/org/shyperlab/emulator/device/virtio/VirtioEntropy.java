package org.shyperlab.emulator.device.virtio;

/**
 * An entropy device (Virtio 5.4) whose bytes are the same in every run: a generator (SplitMix64) seeded by the board. It makes runs
 * repeatable, and it is not a source of secrets.
 */
public final class VirtioEntropy extends VirtioDevice {
    private static final int ID = 4;
    private static final int RING = 0;
    /** A buffer gets so many bytes at most; the driver asks for more. */
    private static final int MOST_BYTES = 4096;

    private static final long GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private final byte[] bytes = new byte[MOST_BYTES];
    private long state;
    private final Virtqueue requests = ring(RING);
    private final DescriptorChain buffer = new DescriptorChain(requests);

    /** A device whose bytes depend on {@code seed} alone. They go on after a reset. */
    public VirtioEntropy(String name, long seed) {
        super(name, ID, 1);
        this.state = seed;
    }

    @Override
    long features() {
        return 0;
    }

    @Override
    void notified(int n) {
        while (requests.take(buffer)) {
            int count = (int) Math.min(buffer.writableBytes(), MOST_BYTES);
            for (int i = 0; i < count; i += Long.BYTES) {
                LittleEndian.put64(bytes, i, next());
            }
            if (!buffer.write(0, bytes, 0, count)) {
                return;
            }
            requests.complete(buffer, count);
        }
        requests.signal();
    }

    private long next() {
        state += GAMMA;
        long mixed = (state ^ state >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d0_49bb_1331_11ebL;
        return mixed ^ mixed >>> 31;
    }

    @Override
    void reset() {
        // No request outlives a notification, and what was given out is not given again.
    }
}
