package org.shyperlab.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
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
    private static final int SPI = BenchBoard.EXTRA_INTERRUPT - 32;
    private static final int ISENABLER = 0x100;
    private static final int ITARGETSR = 0x800;
    private static final int PMR = 0x04;
    private static final int IAR = 0x0c;
    private static final int EOIR = 0x10;

    private final BenchBoard board = new BenchBoard(UnaryOperator.identity());
    private final AddressSpace bus = board.machine().bus();
    private final InterruptLine line = board.gic().spi(SPI);
    private final long cpuInterface = board.gicAddresses().cpuInterface();

    /** Switches the GIC on and the interrupt through. */
    @Setup
    public void enable() {
        long distributor = board.gicAddresses().distributor();
        int id = BenchBoard.EXTRA_INTERRUPT;
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
        if (acknowledged != BenchBoard.EXTRA_INTERRUPT) {
            throw new IllegalStateException("acknowledged " + acknowledged);
        }
        return acknowledged;
    }

    @TearDown
    public void close() {
        board.close();
    }
}
