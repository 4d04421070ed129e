package org.shyperlab.hypervisor.net;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.time.VirtualClock;

/**
 * Writes frames as a pcap file with nanoseconds (magic number a1b23c4d, version 2.4, link type Ethernet), stamped with virtual time
 * since power-on. May capture several ports; a frame between two of them is then in the file twice.
 *
 * <p>An error of the host ends the capture and is told once; the run goes on.
 */
public final class PcapWriter implements FrameCapture, AutoCloseable {
    private static final int MAGIC_OF_NANOSECONDS = 0xa1b2_3c4d;
    private static final int VERSION = 4 << 16 | 2;
    private static final int ETHERNET = 1;
    private static final int FILE_HEADER = 24;
    private static final int FRAME_HEADER = 16;
    private static final long NANOS = 1_000_000_000L;

    private final OutputStream out;
    private final VirtualClock clock;
    private final Consumer<IOException> onFailure;
    private final byte[] header = new byte[FILE_HEADER];
    private @Nullable IOException failure;
    private long frames;
    /** Times of frames never go back, though the clocks of cores that run in turns do, by up to a quantum. */
    private long latest;

    /**
     * Writes the file's header.
     *
     * @param out the file, buffered; closed by {@link #close}
     * @param onFailure told once, on the machine's thread, when {@code out} fails; nothing is written afterwards
     */
    public PcapWriter(OutputStream out, VirtualClock clock, Consumer<IOException> onFailure) {
        this.out = out;
        this.clock = clock;
        this.onFailure = onFailure;
        put(0, MAGIC_OF_NANOSECONDS);
        put(4, VERSION);
        put(8, 0); // times are not of a time zone
        put(12, 0); // nor of a known accuracy
        put(16, EthernetFrame.LONGEST_TAGGED);
        put(20, ETHERNET);
        try {
            out.write(header, 0, FILE_HEADER);
        } catch (IOException error) {
            fail(error);
        }
    }

    /** The file is little-endian on every host. */
    private void put(int at, int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            header[at + i] = (byte) (value >>> 8 * i);
        }
    }

    @Override
    public void frame(byte[] buffer, int offset, int length) {
        if (failure != null) {
            return;
        }
        latest = Math.max(latest, clock.nanos());
        long now = latest;
        int kept = Math.min(length, EthernetFrame.LONGEST_TAGGED);
        put(0, (int) (now / NANOS));
        put(4, (int) (now % NANOS));
        put(8, kept);
        put(12, length);
        try {
            out.write(header, 0, FRAME_HEADER);
            out.write(buffer, offset, kept);
            frames++;
        } catch (IOException error) {
            fail(error);
        }
    }

    private void fail(IOException error) {
        if (failure == null) {
            failure = error;
            onFailure.accept(error);
        }
    }

    /** Frames written. */
    public long frames() {
        return frames;
    }

    /** Why the file is incomplete, or null when it is not. */
    public @Nullable IOException failure() {
        return failure;
    }

    /** Hands what is buffered to the host. */
    public void flush() {
        if (failure == null) {
            try {
                out.flush();
            } catch (IOException error) {
                fail(error);
            }
        }
    }

    /** Ends the file; detach it from its ports before. */
    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException error) {
            fail(error);
        }
    }
}
