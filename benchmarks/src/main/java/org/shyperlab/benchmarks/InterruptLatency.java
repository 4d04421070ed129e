package org.shyperlab.benchmarks;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.guestimages.Mailbox;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;

/**
 * Follows interrupts of a device from the raised line to the guest's end of interrupt. The moments are seen where a logic analyser would
 * see them: at the device's line and at the registers of the GIC. Reading the host's clock costs some 25 ns at each moment, which the
 * figures contain.
 */
final class InterruptLatency implements Probe.Watcher {
    private static final LatencyStage[] STAGES = LatencyStage.values();
    private static final long FIRST_RING = 10_000_000;
    private static final long PERIOD = 5_000;
    private static final long LONGEST_NANOS = 10_000_000_000L;
    private static final int DIGITS = 3;

    private static final int GICC_IAR = 0x0c;
    private static final int GICC_EOIR = 0x10;
    private static final int GICH_LR0 = 0x100;
    private static final long LR_PENDING = 1 << 28;

    private final LatencyMode mode;
    private final BenchBoard board;
    private final VirtualClock clock;
    private final Device hypervisorInterface;
    private final Device guestInterface;
    private final Device listRegisters;
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
        board = new BenchBoard(device -> new Probe(device, this));
        clock = board.machine().alarms().clock();
        hypervisorInterface = board.gic().cpuInterface();
        guestInterface =
                isEmulated() ? board.gic().virtualCpuInterface() : board.gic().cpuInterface();
        listRegisters = board.gic().virtualControl();
    }

    private boolean isEmulated() {
        return mode.interrupts() == EmulatedDeviceType.GICD;
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
        byte[] image = BenchBoard.image("latency");
        Mailbox mailbox = new Mailbox(image)
                .interrupt(BenchBoard.EXTRA_INTERRUPT)
                .interrupts(0)
                .quietenByRead(BenchBoard.EXTRA_DEVICE);
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

    @Override
    public void before(Device device, long offset, boolean write) {
        if (device == guestInterface && offset == GICC_IAR && !write) {
            stamp(LatencyStage.VECTOR);
        }
    }

    @Override
    public void after(Device device, long offset, boolean write, long value) {
        if (device == guestInterface && offset == GICC_EOIR && write) {
            stamp(LatencyStage.ENDED);
            ended();
        } else if (device == hypervisorInterface && isEmulated() && offset == GICC_IAR && !write) {
            stamp(LatencyStage.ACKNOWLEDGED);
        } else if (device == listRegisters && offset >= GICH_LR0 && write && (value & LR_PENDING) != 0) {
            stamp(LatencyStage.INJECTED);
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
