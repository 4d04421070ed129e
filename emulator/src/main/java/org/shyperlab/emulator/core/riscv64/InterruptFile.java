package org.shyperlab.emulator.core.riscv64;

/**
 * One interrupt file of a hart's IMSIC, as the hart's CSRs reach it (AIA 3.8-3.10). A 64-bit hart: the odd numbers among the eip and
 * eie arrays do not exist; the core refuses them (illegal or virtual instruction) and never passes them here.
 *
 * <p>A file drives the hart's pin itself ({@link HartInterruptInputs#machineExternal}, {@link
 * HartInterruptInputs#supervisorExternal} or {@link HartInterruptInputs#guestExternal}): also within each of these calls.
 */
public interface InterruptFile {
    /** Select value of eidelivery. */
    int EIDELIVERY = 0x70;
    /** Select value of eithreshold. */
    int EITHRESHOLD = 0x72;
    /** Select value of eip0; eip2, eip4, … eip62 follow at even values. */
    int EIP0 = 0x80;
    /** Select value of eie0; eie2, eie4, … eie62 follow at even values. */
    int EIE0 = 0xc0;
    /** First select value that belongs to interrupt files. */
    int FIRST = 0x70;
    /** Last select value that belongs to interrupt files. */
    int LAST = 0xff;

    /** The register that miselect, siselect or vsiselect chooses ({@link #FIRST} to {@link #LAST}); 0 for reserved ones. */
    long read(int select);

    /** Writes the register that {@code select} chooses; a write to a reserved one is ignored. */
    void write(int select, long value);

    /** mtopei, stopei or vstopei: identity in bits 26:16 and the same as priority in bits 10:0; 0 when no interrupt is deliverable. */
    int top();

    /**
     * A write to mtopei, stopei or vstopei: clears the pending bit of the identity that the CSR showed.
     *
     * @param top what {@link #top} gave for the same CSR instruction
     */
    void claim(int top);
}
