package org.shyperlab.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardCatalog;
import org.shyperlab.platforms.board.Platform;

/** A whole machine from its board, made and freed again. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MachineBench {
    private static final long RAM_BYTES = 1L << 30;

    private final Board board = BoardCatalog.shipped("qemu-aarch64");

    /** One core, 1 GiB of RAM (reserved, not touched). */
    @Benchmark
    public void createAndClose() {
        new Platform(board, 1, RAM_BYTES, SerialOutput.UNCONNECTED, new GuestErrorLog(), new Trace()).close();
    }
}
