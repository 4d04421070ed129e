package org.shyperlab.guestimages;

/**
 * The loops of the {@code bench} guest ({@link Mailbox#selectLoop}). A round is what is said here, a decrement and a branch. Where an
 * architecture has no such loop, the guest fails when it is selected.
 */
public enum BenchLoop {
    /**
     * AArch64: HVC #0 with X0 = 0 and X7 = the mailbox's argument (0 stands for 4). RISC-V: ECALL with a0 = 0, a6 = 0 and a7 = the
     * mailbox's argument (0 stands for 0x0a000004). Both defaults are Rust-Shyper's SYS TEST.
     */
    HYPERCALL,
    /** AArch64: SMC #0 with PSCI_VERSION. RISC-V: ECALL for the version of SBI. */
    FIRMWARE_CALL,
    /** AArch64 only: read of ID_AA64PFR0_EL1, which HCR_EL2.TID3 traps. */
    ID_REGISTER,
    /** AArch64 only: read of ACTLR_EL1, which HCR_EL2.TACR traps. */
    ACTLR,
    /** 32-bit read of the interrupt controller: GICD_ISENABLER0, the hart's first enable word at the PLIC, or the APLIC's domaincfg. */
    CONTROLLER_READ,
    /** 32-bit write there: GICD_IPRIORITYR0, or the UART's priority at the PLIC or its sourcecfg at the APLIC. */
    CONTROLLER_WRITE,
    /** Read of the UART's line state: 32 bits of the PL011, 8 bits of the NS16550. */
    UART_READ,
    /** An exception that the guest takes itself, to a vector that returns at once: SVC from EL1, EBREAK from S mode. */
    OWN_TRAP,
    /** Six ALU instructions. */
    COMPUTE,
    /** Loads and stores of 4 times 64 bits each in one page: AArch64's are two LDP and two STP. */
    MEMORY,
    /** A load from a page that is not in the TLB: 512 pages in turn, after the last of which the TLB is emptied. */
    TLB_FILL,
    /** RISC-V only: sstatus.SUM on, a load, SUM off, as a kernel does around accesses to user memory. */
    USER_ACCESS;

    /** The value that selects this loop alone; 0 selects all. */
    public long selector() {
        return ordinal() + 1L;
    }
}
