package org.shyperlab.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.shyperlab.emulator.memory.AddressSpace;

/** Accesses to the bus from Java: what a hypervisor's table walk or a device's register costs it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BusBench {
    private static final int SPREAD = 0xf_fff8;
    private static final int FLAGS = 0x18;

    private final A64BenchBoard board = A64BenchBoard.plain();
    private final AddressSpace bus = board.machine().bus();
    private final long flags = board.uartAddress() + FLAGS;
    private long at;

    private long next() {
        at = at + 4104 & SPREAD;
        return A64BenchBoard.ENTRY + at;
    }

    /** 8 bytes of RAM. */
    @Benchmark
    public long readRam() {
        return bus.read(0, next(), 8);
    }

    /** 8 bytes of RAM. */
    @Benchmark
    public void writeRam() {
        bus.write(0, next(), 8, at);
    }

    /** The PL011's flag register. */
    @Benchmark
    public long readDevice() {
        return bus.read(0, flags, 4);
    }

    @TearDown
    public void close() {
        board.close();
    }
}
