package org.shyperlab.hypervisor.vcpu.aarch64;

/**
 * The EL1 physical timer (CNTP) of one vCPU, emulated: the real one would not follow the vCPU when its core runs another. Register
 * accesses trap (CNTHCTL_EL2.EL1PCEN = 0), the hypervisor's own timer keeps the deadline. Arm ARM D12.2.4.
 */
public final class PhysicalTimer {
    private static final long ENABLE = 1;
    private static final long MASK = 2;
    private static final long STATUS = 4;

    private long control;
    private long compare;

    /** Switches it off. */
    public void reset() {
        control = 0;
        compare = 0;
    }

    /** CNTP_CTL_EL0 at counter value {@code now}. */
    public long control(long now) {
        return control | ((control & ENABLE) != 0 && isReached(now) ? STATUS : 0);
    }

    private boolean isReached(long now) {
        return Long.compareUnsigned(now, compare) >= 0;
    }

    /** Sets CNTP_CTL_EL0; ISTATUS is read-only. */
    public void setControl(long value) {
        control = value & (ENABLE | MASK);
    }

    /** CNTP_CVAL_EL0. */
    public long compare() {
        return compare;
    }

    /** Sets CNTP_CVAL_EL0. */
    public void setCompare(long value) {
        compare = value;
    }

    /** CNTP_TVAL_EL0 at counter value {@code now}: the low 32 bits of what is left. */
    public long value(long now) {
        return compare - now & 0xffff_ffffL;
    }

    /** Sets CNTP_TVAL_EL0: fires in {@code value} ticks, a signed 32-bit number. */
    public void setValue(long now, long value) {
        compare = now + (int) value;
    }

    /** Whether its interrupt is asserted at {@code now}. */
    public boolean isAsserted(long now) {
        return control == ENABLE && isReached(now);
    }

    /** Counter value at which its interrupt will be asserted; {@link Long#MAX_VALUE} for never or when it is already. */
    public long deadline(long now) {
        return control == ENABLE && compare > now
                ? compare
                : Long.MAX_VALUE; // the counter never gets to a negative one
    }
}
