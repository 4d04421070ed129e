package org.shyperlab.hypervisor.vcpu;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.core.TrapKind;

/** The last 64 traps of a vCPU, for failure reports. Recording one is a few array stores. */
public final class TrapRing {
    /** How many traps are remembered. */
    public static final int SIZE = 64;

    /**
     * One remembered trap.
     *
     * @param cycles virtual time in core cycles
     * @param kind what kind of trap
     * @param pc program counter
     * @param syndrome the syndrome register as the core gave it
     * @param address the intermediate physical address of aborts, 0 for others
     */
    public record Entry(long cycles, TrapKind kind, long pc, int syndrome, long address) {}

    private static final TrapKind[] KINDS = TrapKind.values();

    private final long[] cycles = new long[SIZE];
    private final long[] pcs = new long[SIZE];
    private final long[] addresses = new long[SIZE];
    private final int[] syndromes = new int[SIZE];
    private final byte[] kinds = new byte[SIZE];
    private long recorded;

    /** Remembers a trap, and forgets the one 64 before it. */
    public void record(long now, TrapKind kind, long pc, int syndrome, long address) {
        int slot = (int) recorded++ & SIZE - 1;
        cycles[slot] = now;
        kinds[slot] = (byte) kind.ordinal();
        pcs[slot] = pc;
        syndromes[slot] = syndrome;
        addresses[slot] = address;
    }

    /** The remembered traps, oldest first. */
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (long i = Math.max(0, recorded - SIZE); i < recorded; i++) {
            int slot = (int) i & SIZE - 1;
            entries.add(new Entry(cycles[slot], KINDS[kinds[slot]], pcs[slot], syndromes[slot], addresses[slot]));
        }
        return List.copyOf(entries);
    }
}
