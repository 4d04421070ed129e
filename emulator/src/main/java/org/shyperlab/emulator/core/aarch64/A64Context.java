package org.shyperlab.emulator.core.aarch64;

import java.util.EnumSet;
import java.util.Set;
import org.shyperlab.emulator.core.GuestContext;

/**
 * The register file of a guest at EL1/EL0 while it does not run: what a hypervisor saves and restores on a world switch. Plain
 * values, so that it can be read, changed, compared and stored.
 */
public final class A64Context extends GuestContext<SysReg> {
    /**
     * The EL1/EL0 system registers that belong to a guest, in the order in which they are restored. ACTLR_EL1, AFSR0_EL1, AFSR1_EL1
     * and AMAIR_EL1 are constant on this core.
     */
    public static final Set<SysReg> SYSTEM_REGISTERS = EnumSet.of(
            SysReg.SCTLR_EL1,
            SysReg.CPACR_EL1,
            SysReg.TTBR0_EL1,
            SysReg.TTBR1_EL1,
            SysReg.TCR_EL1,
            SysReg.SPSR_EL1,
            SysReg.ELR_EL1,
            SysReg.SP_EL0,
            SysReg.SP_EL1,
            SysReg.ESR_EL1,
            SysReg.FAR_EL1,
            SysReg.PAR_EL1,
            SysReg.MAIR_EL1,
            SysReg.VBAR_EL1,
            SysReg.CONTEXTIDR_EL1,
            SysReg.TPIDR_EL1,
            SysReg.TPIDR_EL0,
            SysReg.TPIDRRO_EL0,
            SysReg.CSSELR_EL1,
            SysReg.MDSCR_EL1,
            SysReg.CNTKCTL_EL1,
            SysReg.CNTV_CVAL_EL0,
            SysReg.CNTV_CTL_EL0);

    /** {@link #SYSTEM_REGISTERS} as an array, for the world switch. */
    static final SysReg[] REGISTERS = SYSTEM_REGISTERS.toArray(SysReg[]::new);

    /** PSTATE after reset: EL1h, D, A, I and F masked. */
    public static final long RESET_PSTATE = 0x3c5;

    private final long[] vectors = new long[64];
    private long pstate = RESET_PSTATE;
    private int fpcr;
    private int fpsr;

    /** A register file in reset state, everything else zero. */
    public A64Context() {
        super(31, SysReg.values().length);
    }

    /** PSTATE in SPSR format. */
    public long pstate() {
        return pstate;
    }

    /** Sets PSTATE in SPSR format. */
    public void pstate(long value) {
        pstate = value;
    }

    /** Half {@code half} (0 low, 1 high) of vector register V{@code n}. */
    public long vector(int n, int half) {
        return vectors[n * 2 + half];
    }

    /** Sets half {@code half} (0 low, 1 high) of vector register V{@code n}. */
    public void vector(int n, int half, long value) {
        vectors[n * 2 + half] = value;
    }

    /** Floating-point control register. */
    public int fpcr() {
        return fpcr;
    }

    /** Sets the floating-point control register. */
    public void fpcr(int value) {
        fpcr = value;
    }

    /** Floating-point status register. */
    public int fpsr() {
        return fpsr;
    }

    /** Sets the floating-point status register. */
    public void fpsr(int value) {
        fpsr = value;
    }
}
