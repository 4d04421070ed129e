package org.shyperlab.emulator.core;

/** Kinds of world switches as tables and traces name them, of both architectures. The ordinal indexes counters. */
public enum TrapKind {
    /** AArch64 HVC instruction. */
    HVC("hvc"),
    /** AArch64 SMC instruction (PSCI calls come this way). */
    SMC("smc"),
    /** WFI or WFE. */
    WAIT("wfx"),
    /** Access to a trapped system register. */
    SYSTEM_REGISTER("sysreg"),
    /** Data access that stage 2 refused: emulated devices, or a guest error. */
    DATA_ABORT("data-abort"),
    /** Instruction fetch that stage 2 refused. */
    INSTRUCTION_ABORT("insn-abort"),
    /** RISC-V ecall from VS (SBI calls come this way). */
    ECALL("ecall"),
    /** RISC-V load or store that the G stage refused: emulated devices, or a guest error. */
    GUEST_PAGE_FAULT("guest-page-fault"),
    /** RISC-V fetch that the G stage refused. */
    GUEST_FETCH_FAULT("guest-fetch-fault"),
    /** RISC-V instruction that the hypervisor's level may do and the guest may not. */
    VIRTUAL_INSTRUCTION("virtual-insn"),
    /** RISC-V illegal instruction. */
    ILLEGAL_INSTRUCTION("illegal-insn"),
    /** Any other exception routed to EL2 or HS. */
    OTHER("other"),
    /** Physical interrupt taken at the hypervisor's level. */
    IRQ("irq");

    private final String label;

    TrapKind(String label) {
        this.label = label;
    }

    /** The name in tables, traces and {@code --stats}. */
    public String label() {
        return label;
    }
}
