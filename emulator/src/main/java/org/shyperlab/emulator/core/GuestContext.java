package org.shyperlab.emulator.core;

/**
 * What the register files of all architectures have when their guest does not run: general registers, program counter and system
 * registers, as plain values.
 *
 * @param <R> the architecture's system registers
 */
public abstract class GuestContext<R extends Enum<R>> {
    private final long[] general;
    private final long[] system;
    private long pc;

    /**
     * A register file of zeros.
     *
     * @param generalRegisters how many
     * @param systemRegisters how many the architecture names
     */
    protected GuestContext(int generalRegisters, int systemRegisters) {
        general = new long[generalRegisters];
        system = new long[systemRegisters];
    }

    /** General register {@code n}. */
    public final long x(int n) {
        return general[n];
    }

    /** Sets general register {@code n}. */
    public void x(int n, long value) {
        general[n] = value;
    }

    /** Program counter. */
    public final long pc() {
        return pc;
    }

    /** Sets the program counter. */
    public final void pc(long value) {
        pc = value;
    }

    /** A system register out of those that belong to a guest. */
    public final long get(R register) {
        return system[register.ordinal()];
    }

    /** Sets a system register out of those that belong to a guest. */
    public final void set(R register, long value) {
        system[register.ordinal()] = value;
    }
}
