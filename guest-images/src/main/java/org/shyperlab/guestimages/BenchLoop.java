package org.shyperlab.guestimages;

/** The loops of the {@code bench} guest ({@link Mailbox#selectLoop}). A round is what is said here, a decrement and a branch. */
public enum BenchLoop {
    /** HVC #0 with X0 = 0 and X7 = the mailbox's argument (0 stands for 4: Rust-Shyper's SYS TEST). */
    HVC,
    /** SMC #0 with PSCI_VERSION. */
    SMC,
    /** Read of ID_AA64PFR0_EL1, which HCR_EL2.TID3 traps. */
    ID_REGISTER,
    /** Read of ACTLR_EL1, which HCR_EL2.TACR traps. */
    ACTLR,
    /** 32-bit read of GICD_ISENABLER0. */
    GICD_READ,
    /** 32-bit write of GICD_IPRIORITYR0. */
    GICD_WRITE,
    /** 32-bit read of the PL011's flag register. */
    UART_READ,
    /** SVC from EL1 to a vector that returns with ERET after five instructions. */
    SVC,
    /** Six ALU instructions. */
    COMPUTE,
    /** Two LDP and two STP of 64-bit registers in one page, and four ALU instructions. */
    MEMORY;

    /** The value that selects this loop alone; 0 selects all. */
    public long selector() {
        return ordinal() + 1L;
    }
}
