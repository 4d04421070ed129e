package org.shyperlab.emulator.core.riscv64;

/** The interrupt files of one hart (its IMSIC). */
public interface HartInterruptFiles {
    /** The machine-level file: mireg, mtopei. */
    InterruptFile machine();

    /** The supervisor-level file: sireg, stopei. */
    InterruptFile supervisor();

    /** Number of guest interrupt files: GEILEN. */
    int guests();

    /**
     * A guest interrupt file: vsireg, vstopei.
     *
     * @param guestFile as hstatus.VGEIN, from 1 to {@link #guests}
     */
    InterruptFile guest(int guestFile);
}
