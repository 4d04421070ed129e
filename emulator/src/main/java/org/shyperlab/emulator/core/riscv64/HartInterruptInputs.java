package org.shyperlab.emulator.core.riscv64;

/**
 * The interrupt pins of a RISC-V hart, which PLIC, APLIC, IMSIC and ACLINT drive. All but {@link #raiseSupervisorSoftware} are
 * level-signalled: setting the level a pin already has is allowed and has no effect.
 */
public interface HartInterruptInputs {
    /** Machine external interrupt: mip.MEIP. */
    void machineExternal(boolean asserted);

    /** Supervisor external interrupt: the controller's contribution to mip.SEIP. */
    void supervisorExternal(boolean asserted);

    /**
     * Guest external interrupt: bit {@code guestFile} of hgeip.
     *
     * @param guestFile number of the guest interrupt file, from 1 to GEILEN
     */
    void guestExternal(int guestFile, boolean asserted);

    /** Machine software interrupt: mip.MSIP. */
    void machineSoftware(boolean asserted);

    /** Machine timer interrupt: mip.MTIP. */
    void machineTimer(boolean asserted);

    /** Sets mip.SSIP, as an edge (ACLINT, "SSWI"): software at the hart clears it. */
    void raiseSupervisorSoftware();
}
