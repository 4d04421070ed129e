package org.shyperlab.emulator.trace;

import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.time.VirtualClock;

/** The last events as plain numbers, in arrays that are allocated once. */
final class EventRing {
    /** A power of two: also the size of the batches that sinks get. */
    static final int CAPACITY = 1 << 12;

    private static final int MASK = CAPACITY - 1;
    private static final TraceEvent.Type[] TYPES = TraceEvent.Type.values();
    private static final TrapKind[] KINDS = TrapKind.values();

    private final byte[] types = new byte[CAPACITY];
    private final byte[] kinds = new byte[CAPACITY];
    private final byte[] cores = new byte[CAPACITY];
    private final short[] vms = new short[CAPACITY];
    private final short[] vcpus = new short[CAPACITY];
    private final long[] cycles = new long[CAPACITY];
    private final long[] pcs = new long[CAPACITY];
    private final int[] syndromes = new int[CAPACITY];
    private final long[] details = new long[CAPACITY];
    private long next;

    /** Sequence number of the next event; older than {@code next - CAPACITY} is forgotten. */
    long next() {
        return next;
    }

    void trap(int core, int vm, int vcpu, long cycle, int kind, long pc, int syndrome, long detail) {
        int slot = (int) next & MASK;
        kinds[slot] = (byte) kind;
        pcs[slot] = pc;
        syndromes[slot] = syndrome;
        fill(slot, TraceEvent.Type.TRAP, core, vm, vcpu, cycle, detail);
    }

    void interrupt(TraceEvent.Type type, int core, int vm, int vcpu, long cycle, int intid) {
        int slot = (int) next & MASK;
        kinds[slot] = -1;
        pcs[slot] = 0;
        syndromes[slot] = 0;
        fill(slot, type, core, vm, vcpu, cycle, intid);
    }

    private void fill(int slot, TraceEvent.Type type, int core, int vm, int vcpu, long cycle, long detail) {
        types[slot] = (byte) type.ordinal();
        cores[slot] = (byte) core;
        vms[slot] = (short) vm;
        vcpus[slot] = (short) vcpu;
        cycles[slot] = cycle;
        details[slot] = detail;
        next++;
    }

    /** Whether a remembered event is about that VM; cheap, so that a search does not make events. */
    boolean isAbout(long sequence, int vm) {
        return vms[(int) sequence & MASK] == vm;
    }

    TraceEvent event(long sequence, VirtualClock clock) {
        int slot = (int) sequence & MASK;
        long cycle = cycles[slot];
        long hertz = clock.hertz();
        long nanos = cycle / hertz * 1_000_000_000L + cycle % hertz * 1_000_000_000L / hertz;
        return new TraceEvent(
                sequence,
                TYPES[types[slot]],
                nanos,
                cycle,
                cores[slot],
                vms[slot],
                vcpus[slot],
                kinds[slot] < 0 ? null : KINDS[kinds[slot]],
                pcs[slot],
                syndromes[slot],
                details[slot]);
    }
}
