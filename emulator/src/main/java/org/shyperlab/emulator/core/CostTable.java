package org.shyperlab.emulator.core;

/** Prices of {@link Cost} events in core cycles. All zero is a valid table. */
public final class CostTable {
    /** Nothing costs anything beyond the instructions executed. */
    public static final CostTable FREE = new CostTable(new long[Cost.values().length]);

    private final long[] cycles;

    /** A table with one price per {@link Cost}, by ordinal; no price is negative. */
    public CostTable(long[] cyclesByOrdinal) {
        if (cyclesByOrdinal.length != Cost.values().length) {
            throw new IllegalArgumentException("one price per cost kind");
        }
        for (long price : cyclesByOrdinal) {
            if (price < 0) {
                throw new IllegalArgumentException("a cost is not negative: " + price);
            }
        }
        cycles = cyclesByOrdinal.clone();
    }

    /** The price of one event in core cycles. */
    public long cycles(Cost cost) {
        return cycles[cost.ordinal()];
    }
}
