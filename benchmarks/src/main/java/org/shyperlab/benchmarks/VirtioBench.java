package org.shyperlab.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.shyperlab.benchmarks.BenchRing.Piece;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.storage.MemoryStore;
import org.shyperlab.emulator.device.virtio.FrameSink;
import org.shyperlab.emulator.device.virtio.VirtioBlock;
import org.shyperlab.emulator.device.virtio.VirtioDevice;
import org.shyperlab.emulator.device.virtio.VirtioMmio;
import org.shyperlab.emulator.device.virtio.VirtioNet;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * Virtio devices through their registers and rings in a machine's RAM, from the driver's notification to its acknowledgement; what the
 * core's driver code costs is not in it. The disk is in memory.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class VirtioBench {
    private static final int PAGE = 0x1000;
    private static final int HEADER = 12;
    private static final int FRAME = 1514;
    private static final long RAM = A64BenchBoard.ENTRY;

    /** The other end of the cable, when the cable goes nowhere. */
    private static final FrameSink NOWHERE = new FrameSink() {
        @Override
        public boolean offer(byte[] buffer, int offset, int length) {
            return true;
        }

        @Override
        public void onRoom(Runnable callback) {
            // There is always room.
        }
    };

    private final A64BenchBoard board = A64BenchBoard.plain();
    private final AddressSpace bus = board.machine().bus();
    private final InterruptLine line = board.source(BenchBoard.DOORBELL_SOURCE);
    private final VirtioMmio disk = transport(new VirtioBlock("disk", "bench", new MemoryStore(1 << 20)));
    private final VirtioNet net = new VirtioNet("net", new byte[] {2, 0, 0, 0, 0, 1}, NOWHERE);
    private final VirtioMmio netTransport = transport(net);
    private final byte[] frame = new byte[FRAME];

    @SuppressWarnings("NullAway.Init")
    private BenchRing requests;

    @SuppressWarnings("NullAway.Init")
    private BenchRing receive;

    @SuppressWarnings("NullAway.Init")
    private BenchRing transmit;

    private VirtioMmio transport(VirtioDevice device) {
        return new VirtioMmio(device, bus, line, GuestErrors.IGNORE);
    }

    /** Drivers find their devices. */
    @Setup
    public void start() {
        BenchRing.negotiate(disk);
        requests = BenchRing.setUp(
                bus,
                disk,
                0,
                RAM,
                new Piece(RAM + 4 * PAGE, 16, false),
                new Piece(RAM + 5 * PAGE, PAGE, true),
                new Piece(RAM + 6 * PAGE, 1, true));
        BenchRing.ready(disk);
        BenchRing.negotiate(netTransport);
        long base = RAM + 16 * PAGE;
        receive = BenchRing.setUp(bus, netTransport, 0, base, new Piece(base + 8 * PAGE, HEADER + FRAME, true));
        transmit = BenchRing.setUp(
                bus, netTransport, 1, base + 4 * PAGE, new Piece(base + 9 * PAGE, HEADER + FRAME, false));
        BenchRing.ready(netTransport);
    }

    /** A request reads 4 KiB. */
    @Benchmark
    public int blockRequest() {
        requests.submit();
        int written = requests.finish();
        if (written != PAGE + 1) {
            throw new IllegalStateException("wrote " + written);
        }
        return written;
    }

    /** The driver transmits a frame of 1514 bytes; nobody is at the other end. */
    @Benchmark
    public int packetOut() {
        transmit.submit();
        return transmit.finish();
    }

    /** A frame of 1514 bytes arrives in a buffer that the driver has just given. */
    @Benchmark
    public int packetIn() {
        receive.submit();
        if (!net.offer(frame, 0, FRAME)) {
            throw new IllegalStateException("refused");
        }
        return receive.finish();
    }

    @TearDown
    public void close() {
        board.close();
    }
}
