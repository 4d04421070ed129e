package org.shyperlab.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.shyperlab.benchmarks.BenchRing.Piece;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.emulator.device.storage.MemoryStore;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.hypervisor.BackEnds;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.net.VirtualSwitch;

/**
 * A whole request to a virtio device as a VM's driver sees it: the guest's instructions, its traps, the request itself, the interrupt, its
 * injection and its end, and the trap trace. {@link VirtioBench} has the device's share alone.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class DriverBench {
    private static final int ROUNDS = 2_000;
    private static final int PAGE = 0x1000;
    private static final int INTERRUPT = 48;
    private static final long DEVICE = 0x0a00_0000L;
    private static final long RINGS = A64BenchBoard.ENTRY + 0x10_0000L;
    private static final long DATA = A64BenchBoard.ENTRY + 0x20_0000L;
    private static final int HEADER = 12;
    private static final int FRAME = 1514;

    /** What a round does. */
    public enum Request {
        /** Reads 4 KiB from a disk in memory: three traps, one interrupt. */
        BLOCK(3),
        /** Sends a frame of 1514 bytes through the switch to another network device, of the same VM: six traps, two interrupts. */
        PACKET(6);

        private final int traps;

        Request(int traps) {
            this.traps = traps;
        }
    }

    @Param
    Request request;

    private A64BenchBoard board;
    private VirtualSwitch network;
    private int instructions;
    private long until;
    private long start;
    private long trapsAtStart;

    /** Boots the guest into its rounds. */
    @Setup
    public void boot() {
        board = A64BenchBoard.plain();
        network = new VirtualSwitch(board.machine().alarms(), BenchBoard.NO_MISTAKES);
        board.equip(new Parts(network), request == Request.BLOCK ? List.of(disk()) : List.of(nic(0), nic(1)));
        DriverCode code = new DriverCode(
                board.board().gic().distributor(), board.board().gic().cpuInterface());
        if (request == Request.BLOCK) {
            block(code);
        } else {
            packet(code);
        }
        board.bootUnderHypervisor(EmulatedDeviceType.GICD, code.image(), new TracingListener(board.trace()));
        until = 1_000_000; // the guest has set itself up long before
        run();
        start = until;
        trapsAtStart = traps();
    }

    private record Parts(VirtualSwitch network) implements BackEnds {
        @Override
        public List<VirtualSwitch> networks() {
            return List.of(network);
        }

        @Override
        public VirtualSwitch network(int id, VmConfig vm, String device) {
            return network;
        }

        @Override
        public BlockStore openDisk(VmConfig vm, int number) {
            return new MemoryStore(1 << 20);
        }
    }

    private static long device(int number) {
        return DEVICE + (long) number * PAGE;
    }

    private static long ring(int number) {
        return RINGS + (long) number * DriverCode.RING_BYTES;
    }

    private static VmConfig.Emulated disk() {
        return new VmConfig.Emulated(
                "disk", new MemoryRegion(DEVICE, PAGE), INTERRUPT, List.of(), EmulatedDeviceType.VIRTIO_BLK);
    }

    private static VmConfig.Emulated nic(int number) {
        return new VmConfig.Emulated(
                "nic" + number,
                new MemoryRegion(device(number), PAGE),
                INTERRUPT + number,
                List.of(2L, 0L, 0L, 0L, 0L, (long) number),
                EmulatedDeviceType.VIRTIO_NET);
    }

    private void block(DriverCode code) {
        code.begin(0, DEVICE, INTERRUPT);
        code.ring(
                0,
                DEVICE,
                0,
                RINGS,
                new Piece(DATA, 16, false),
                new Piece(DATA + PAGE, PAGE, true),
                new Piece(DATA + 2 * PAGE, 1, true));
        code.round();
        code.submit(0, 0);
        code.finish(0);
        instructions = code.end();
    }

    private void packet(DriverCode code) {
        for (int number = 0; number < 2; number++) {
            code.begin(number, device(number), INTERRUPT + number);
        }
        code.ring(0, device(0), 1, ring(0), new Piece(DATA, HEADER + FRAME, false));
        code.ring(1, device(1), 0, ring(1), new Piece(DATA + PAGE, HEADER + FRAME, true));
        // To 02:00:00:00:00:01 from 02:00:00:00:00:00, EtherType 88b5 (IEEE 802, for experiments).
        code.poke(8, DATA + 8, 0x0000_0002_0000_0000L);
        code.poke(8, DATA + 16, 0x0000_0000_0002_0100L);
        code.poke(8, DATA + 24, 0xb588L);
        code.round();
        code.submit(1, 0);
        code.submit(0, 1);
        code.finish(0);
        code.finish(1);
        instructions = code.end();
    }

    private long traps() {
        return board.trace().count(0, 0, TrapKind.DATA_ABORT);
    }

    private StopReason run() {
        StopReason reason = board.machine().run(until);
        if (reason != StopReason.LIMIT) {
            throw new IllegalStateException("the guest ended with " + reason);
        }
        return reason;
    }

    /** {@value #ROUNDS} requests. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public StopReason request() {
        until += (long) ROUNDS * instructions;
        return run();
    }

    /** Checks that every round was a request: the guest stops where a buffer does not come back. */
    @TearDown
    public void check() {
        long rounds = (until - start) / instructions;
        long traps = traps() - trapsAtStart;
        long frames = request == Request.BLOCK
                ? 0
                : network.ports().getLast().counters().framesOut();
        board.close();
        if (Math.abs(traps - rounds * request.traps) > 100 || request == Request.PACKET && frames < rounds) {
            throw new IllegalStateException(
                    "%s: %d traps and %d frames in %d rounds".formatted(request, traps, frames, rounds));
        }
    }
}
