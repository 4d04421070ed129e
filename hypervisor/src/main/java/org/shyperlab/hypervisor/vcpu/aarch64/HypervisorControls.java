package org.shyperlab.hypervisor.vcpu.aarch64;

/** Values of HCR_EL2 (D24.2.49), MDCR_EL2 (D24.3.18) and CNTHCTL_EL2 (D24.2.8) that the hypervisor uses. */
public final class HypervisorControls {
    private static final long VM = 1;
    private static final long SWIO = 1 << 1;
    private static final long FMO = 1 << 3;
    private static final long IMO = 1 << 4;
    private static final long AMO = 1 << 5;
    private static final long TSC = 1 << 19;
    private static final long RW = 1L << 31;

    /** WFI traps. */
    public static final long HCR_TWI = 1 << 13;

    /** The guest takes the physical interrupts of its core itself. */
    public static final long HCR_OWN_INTERRUPTS = VM | SWIO | TSC | RW;

    /** The guest has virtual interrupts. */
    public static final long HCR_VIRTUAL_INTERRUPTS = HCR_OWN_INTERRUPTS | FMO | IMO | AMO;

    /** Debug registers and the performance monitor trap (TDRA, TDOSA, TDA, TPM, TPMCR): no world switch carries them. */
    public static final long MDCR_NO_DEBUG = 1 << 11 | 1 << 10 | 1 << 9 | 1 << 6 | 1 << 5;

    /** EL1 reads the physical counter, and traps at the physical timer. */
    public static final long CNTHCTL_COUNTER = 1;

    /** EL1 has the physical counter and timer. */
    public static final long CNTHCTL_COUNTER_AND_TIMER = 3;

    private HypervisorControls() {}
}
