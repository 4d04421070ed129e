package org.shyperlab.emulator.core.aarch64;

/** The bits of HCR_EL2 (Arm ARM D23.2.57) that the core itself looks at. */
final class HypervisorConfiguration {
    static final long VM = 1;
    static final long FMO = 1L << 3;
    static final long IMO = 1L << 4;
    static final long AMO = 1L << 5;
    static final long VF = 1L << 6;
    static final long VI = 1L << 7;
    static final long TWI = 1L << 13;
    static final long TSC = 1L << 19;
    static final long RW = 1L << 31;

    /**
     * Always set in the engine, whatever software wrote: a sleeping core must come back to skip time (TWI), firmware is Java (TSC), and
     * interrupts to EL1 are delivered as virtual ones (IMO, FMO). The core behaves as software's own value says.
     */
    static final long FORCED = FMO | IMO | AMO | TWI | TSC | RW;

    private HypervisorConfiguration() {}
}
