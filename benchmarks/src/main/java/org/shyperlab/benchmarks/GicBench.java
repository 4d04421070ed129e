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
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.memory.AddressSpace;

/** The GIC through its registers on the bus, core 0's pins included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GicBench {
    private static final int SPI = BenchBoard.DOORBELL_SOURCE;
    private static final int FIRST_SPI = 32;
    private static final int ISENABLER = 0x100;
    private static final int ITARGETSR = 0x800;
    private static final int PMR = 0x04;
    private static final int IAR = 0x0c;
    private static final int EOIR = 0x10;

    private final A64BenchBoard board = A64BenchBoard.plain();
    private final AddressSpace bus = board.machine().bus();
    private final InterruptLine line = board.source(SPI);
    private final long cpuInterface = board.board().gic().cpuInterface();

    /** Switches the GIC on and the interrupt through. */
    @Setup
    public void enable() {
        long distributor = board.board().gic().distributor();
        int id = board.doorbellInterrupt();
        bus.write(0, distributor, 4, 1);
        bus.write(0, distributor + ISENABLER + id / 32 * 4L, 4, 1L << id % 32);
        bus.write(0, distributor + ITARGETSR + id, 1, 1);
        bus.write(0, cpuInterface + PMR, 4, 0xff);
        bus.write(0, cpuInterface, 4, 1);
    }

    /** A device raises its line, software acknowledges, the device lowers its line, software ends the interrupt. */
    @Benchmark
    public long raiseAcknowledgeEnd() {
        line.set(true);
        long acknowledged = bus.read(0, cpuInterface + IAR, 4);
        line.set(false);
        bus.write(0, cpuInterface + EOIR, 4, acknowledged);
        if (acknowledged != SPI + FIRST_SPI) {
            throw new IllegalStateException("acknowledged " + acknowledged);
        }
        return acknowledged;
    }

    @TearDown
    public void close() {
        board.close();
    }
}
