package org.shyperlab.emulator.core.riscv64;

import java.util.EnumSet;
import java.util.Set;
import org.shyperlab.emulator.core.GuestContext;

/**
 * The register file of a guest in VS and VU while it does not run: what a hypervisor saves and restores on a world switch. Plain
 * values, so that it can be read, changed, compared and stored.
 */
public final class Rv64Context extends GuestContext<Csr> {
    /** The CSRs that belong to a guest, in the order in which they are restored. */
    public static final Set<Csr> SYSTEM_REGISTERS = EnumSet.of(
            Csr.SCOUNTEREN,
            Csr.SENVCFG,
            Csr.VSSTATUS,
            Csr.VSIE,
            Csr.VSTVEC,
            Csr.VSSCRATCH,
            Csr.VSEPC,
            Csr.VSCAUSE,
            Csr.VSTVAL,
            Csr.VSTIMECMP,
            Csr.VSISELECT,
            Csr.VSATP,
            Csr.HTIMEDELTA,
            Csr.HVIP);

    /** {@link #SYSTEM_REGISTERS} as an array, for the world switch. */
    static final Csr[] REGISTERS = SYSTEM_REGISTERS.toArray(Csr[]::new);

    private final long[] floating = new long[32];
    private int privilege = 1;
    private long fcsr;

    private static final long ALL_COUNTERS = 7;

    /**
     * A register file as firmware hands it over: VS, interrupts and translation off, the counters open to user mode, no timer set, all
     * else zero.
     */
    public Rv64Context() {
        super(32, Csr.values().length);
        set(Csr.VSTIMECMP, -1);
        set(Csr.SCOUNTEREN, ALL_COUNTERS);
    }

    /** Sets general register {@code n}; a write to x0 is lost. */
    @Override
    public void x(int n, long value) {
        if (n != 0) {
            super.x(n, value);
        }
    }

    /** 0 for VU, 1 for VS. */
    public int privilege() {
        return privilege;
    }

    /** Sets the privilege: 0 for VU, 1 for VS. */
    public void privilege(int level) {
        privilege = level;
    }

    /** Floating-point register {@code n}, 0..31, as bits. */
    public long f(int n) {
        return floating[n];
    }

    /** Sets floating-point register {@code n}. */
    public void f(int n, long bits) {
        floating[n] = bits;
    }

    /** Floating-point control and status register. */
    public long fcsr() {
        return fcsr;
    }

    /** Sets the floating-point control and status register. */
    public void fcsr(long value) {
        fcsr = value;
    }
}
