package org.shyperlab.benchmarks;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.guestimages.Mailbox;

/**
 * Follows interrupts of a device from the raised line to the guest's end of interrupt. The moments are seen where a logic analyser would
 * see them: at the device's line and registers and those of the interrupt controller. Reading the host's clock costs some 25 ns at each moment, which the
 * figures contain.
 */
final class InterruptLatency {
    private static final LatencyStage[] STAGES = LatencyStage.values();
    private static final long FIRST_RING = 10_000_000;
    private static final long PERIOD = 5_000;
    private static final long LONGEST_NANOS = 10_000_000_000L;
    private static final int DIGITS = 3;

    private final LatencyMode mode;
    private final BenchBoard board;
    private final VirtualClock clock;
    private final long[] nanos = new long[STAGES.length];
    private final long[] cycles = new long[STAGES.length];
    private final Histogram[] perStage = new Histogram[STAGES.length];
    private final Histogram toVector = new Histogram(LONGEST_NANOS, DIGITS);
    private final Histogram total = new Histogram(LONGEST_NANOS, DIGITS);
    private long toIgnore;
    private long wanted;

    private InterruptLatency(LatencyMode mode) {
        this.mode = mode;
        for (LatencyStage stage : STAGES) {
            perStage[stage.ordinal()] = new Histogram(LONGEST_NANOS, DIGITS);
        }
        board = mode.target().probed(device -> new Probe(device, mode.accesses(), this::reached));
        clock = board.machine().alarms().clock();
    }

    /** Measures {@code interrupts} interrupts after {@code warmUp} that do not count. */
    static LatencyResult measure(LatencyMode mode, long warmUp, long interrupts) {
        InterruptLatency latency = new InterruptLatency(mode);
        try (BenchBoard board = latency.board) {
            latency.boot();
            latency.toIgnore = warmUp;
            latency.wanted = interrupts;
            board.doorbell().start(FIRST_RING, PERIOD, latency::raised);
            StopReason reason = board.machine().run(Long.MAX_VALUE);
            if (reason != StopReason.CONDITION_MET) {
                throw new IllegalStateException(mode + ": the guest ended with " + reason);
            }
            return latency.result(warmUp + interrupts);
        }
    }

    private void boot() {
        byte[] image = board.image("latency");
        Mailbox mailbox = new Mailbox(image)
                .interrupt(board.doorbellInterrupt())
                .interrupts(0)
                .quietenByRead(BenchBoard.DOORBELL);
        if (mode.spins()) {
            mailbox.spin();
        }
        if (mode.interrupts() == null) {
            board.bootNatively(image);
        } else {
            board.bootUnderHypervisor(mode.interrupts(), image, new TracingListener(board.trace()));
        }
    }

    private LatencyResult result(long interrupts) {
        EnumMap<LatencyStage, Histogram> nanosOf = new EnumMap<>(LatencyStage.class);
        Map<LatencyStage, Long> cyclesOf = new EnumMap<>(LatencyStage.class);
        for (LatencyStage stage : STAGES) {
            if (perStage[stage.ordinal()].getTotalCount() > 0) {
                nanosOf.put(stage, perStage[stage.ordinal()]);
                cyclesOf.put(stage, cycles[stage.ordinal()] - cycles[0]);
            }
        }
        long traps = 0;
        Trace trace = board.trace();
        for (TrapKind kind : TrapKind.values()) {
            traps += trace.count(0, 0, kind) + trace.count(Trace.NATIVE, 0, kind);
        }
        return new LatencyResult(mode, nanosOf, toVector, total, cyclesOf, (double) traps / interrupts, wanted);
    }

    private void raised() {
        Arrays.fill(nanos, 0);
        stamp(LatencyStage.RAISED);
    }

    private void stamp(LatencyStage stage) {
        cycles[stage.ordinal()] = clock.cycles();
        nanos[stage.ordinal()] = System.nanoTime();
    }

    private void reached(LatencyStage stage) {
        stamp(stage);
        if (stage == LatencyStage.ENDED) {
            ended();
        }
    }

    private void ended() {
        if (toIgnore > 0) {
            toIgnore--;
            return;
        }
        long before = nanos[0];
        for (int stage = 1; stage < nanos.length; stage++) {
            if (nanos[stage] != 0) {
                perStage[stage].recordValue(nanos[stage] - before);
                before = nanos[stage];
            }
        }
        toVector.recordValue(nanos[LatencyStage.VECTOR.ordinal()] - nanos[0]);
        total.recordValue(nanos[LatencyStage.ENDED.ordinal()] - nanos[0]);
        if (total.getTotalCount() == wanted) {
            board.machine().requestStop(StopReason.CONDITION_MET);
        }
    }
}
