package org.shyperlab.emulator.core.aarch64;

import org.shyperlab.emulator.core.Core;

/**
 * An AArch64 core with EL2, as software at EL2 sees it. The guest at EL1/EL0 is what runs; HCR_EL2, VTTBR_EL2, stage-2 tables in RAM
 * and the virtual interrupt lines work as the architecture says.
 */
public interface A64Core extends Core {
    /** Reads a system register. Reading one that this core does not have is an error of the caller. */
    long get(SysReg register);

    /** Writes a system register with its architectural side effects (a write to VTTBR_EL2 with another VMID drops no translations of others). */
    void set(SysReg register, long value);

    /** SPSR_EL2: the guest's PSTATE (NZCV, DAIF, M[3:0]); reset value 0x3c5 is EL1h with everything masked. */
    long spsr();

    /** Sets the guest's PSTATE. */
    void spsr(long value);

    /** Moves the program counter past the trapped instruction (all AArch64 instructions are 4 bytes). */
    default void skip() {
        pc(pc() + 4);
    }

    /** Copies the guest's register file (X0..X30, PC, PSTATE, FP/SIMD, EL1 system registers and timers) out of the core. */
    void save(A64Context context);

    /** Puts a guest's register file into the core. */
    void load(A64Context context);

    /**
     * Takes an exception to EL1 in the guest, as if the current instruction had caused it: ESR_EL1 = {@code syndrome}, FAR_EL1 =
     * {@code faultAddress}, ELR_EL1 and SPSR_EL1 from the current state, PC = the vector (Arm ARM D1.3.1). Used to reflect
     * undefined instructions and aborts.
     */
    void takeExceptionToEl1(int syndrome, long faultAddress);

    /** TLBI VMALLS12E1IS: drops all translations on every core. Needed after stage-2 entries were changed or removed. */
    void invalidateTranslations();

    /**
     * SMC at EL2: calls the firmware (PSCI) with the SMC calling convention.
     *
     * @return what the firmware leaves in X0
     */
    long callFirmware(long function, long argument1, long argument2, long argument3);

    /** A fresh register file in reset state: EL1h, everything masked, all registers zero. */
    A64Context newContext();
}
