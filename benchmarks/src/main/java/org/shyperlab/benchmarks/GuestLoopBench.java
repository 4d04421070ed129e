package org.shyperlab.benchmarks;

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
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.guestimages.Mailbox;

/**
 * One round of a loop of the bench guest, everything included: guest instructions, engine, trap dispatch, handler, trace. Before a loop
 * is measured, the same JVM runs all of the guest's loops once, so that the code is compiled for the mix of traps that real guests
 * make and not for the one at hand.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class GuestLoopBench {
    private static final int ROUNDS = 10_000;
    private static final int READ_ACTLR = 0xd538_1021; // MRS X1, ACTLR_EL1
    private static final int READ_CNTP_CTL = 0xd53b_e221; // MRS X1, CNTP_CTL_EL0

    @Param
    GuestLoop loop;

    private BenchBoard board;
    private long until;
    private long trapsAtStart;
    private long start;

    /** Boots the guest into its loop. */
    @Setup
    public void boot() {
        BenchTarget target = loop.target();
        try (BenchBoard mixed = target.plain()) {
            mixed.bootUnderHypervisor(target.controller(), mixed.image("bench"), new TracingListener(mixed.trace()));
            expect(StopReason.POWER_OFF, mixed.machine().run(Long.MAX_VALUE));
        }
        board = target.plain();
        byte[] image = board.image("bench");
        new Mailbox(image).selectLoop(loop.loop(), Long.MAX_VALUE);
        if (loop == GuestLoop.SYSREG_HYPERVISOR) {
            // Rust-Shyper traps neither ID registers nor ACTLR_EL1; the timer that it emulates stands in.
            Instructions.replace(image, READ_ACTLR, READ_CNTP_CTL);
        }
        switch (loop.level()) {
            case NATIVE -> board.bootNatively(image);
            case EMPTY_MONITOR -> board.bootUnder(new EmptyMonitor(board.entry()), image);
            case HYPERVISOR ->
                board.bootUnderHypervisor(target.controller(), image, new TracingListener(board.trace()));
        }
        until = 1_000_000; // the guest has set itself up long before
        expect(StopReason.LIMIT, board.machine().run(until));
        start = until;
        trapsAtStart = traps();
    }

    private static void expect(StopReason expected, StopReason seen) {
        if (seen != expected) {
            throw new IllegalStateException("the guest ended with " + seen + ", not with " + expected);
        }
    }

    private long traps() {
        TrapKind kind = loop.trap();
        int vm = loop.level() == GuestLoop.Level.HYPERVISOR ? 0 : -1;
        return kind == null ? 0 : board.trace().count(vm, 0, kind);
    }

    /** {@value #ROUNDS} rounds. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public StopReason round() {
        until += (long) ROUNDS * loop.instructions();
        return board.machine().run(until);
    }

    /** Checks that a round was what the table says. */
    @TearDown
    public void check() {
        long rounds = (until - start) / loop.instructions();
        long traps = traps() - trapsAtStart;
        board.close();
        if (loop.trap() != null && Math.abs(traps - rounds) > 100) {
            throw new IllegalStateException("%s: %d traps in %d rounds".formatted(loop, traps, rounds));
        }
    }
}
