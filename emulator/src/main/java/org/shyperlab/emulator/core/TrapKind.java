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
    /** Any other exception class routed to EL2. */
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
