package org.shyperlab.emulator.core.riscv64;

import org.shyperlab.emulator.core.Core;

/**
 * An RV64 hart with the hypervisor extension 1.0, as software at HS sees it. The guest in VS and VU is what runs; hstatus, hgatp, hvip
 * and the others work as the architecture says. {@link #x} takes 0 to 31 here; x0 reads as zero.
 */
public interface Rv64Core extends Core {
    /** Reads a CSR of HS. sepc is {@link #pc()}; the guest's own supervisor CSRs are the vs* ones. */
    long get(Csr register);

    /**
     * Writes a CSR of HS with its architectural side effects: fields that do not exist stay as they are.
     *
     * @throws IllegalArgumentException for a CSR that cannot be written
     */
    void set(Csr register, long value);

    /** The guest's privilege: 0 for VU, 1 for VS (sstatus.SPP of HS). */
    int privilege();

    /** Sets the guest's privilege. */
    void privilege(int level);

    /** Moves the program counter past the trapped instruction, which has two or four bytes. */
    void skip();

    /** Copies the guest's register file out of the hart. */
    void save(Rv64Context context);

    /** Puts a guest's register file into the hart. */
    void load(Rv64Context context);

    /**
     * Takes an exception to VS in the guest, as if the current instruction had caused it: vscause = {@code cause}, vstval =
     * {@code value}, vsepc and vsstatus from the current state, PC = vstvec.
     */
    void takeException(int cause, long value);

    /** HFENCE.GVMA on every hart: drops all translations. Needed after G-stage entries were changed or removed. */
    void invalidateTranslations();

    /**
     * HLV, HLVX and the like: loads from the guest's virtual memory as the guest with privilege hstatus.SPVP would.
     *
     * @param size 1, 2, 4 or 8 bytes, naturally aligned
     * @param access {@link Access#LOAD}, or {@link Access#LOAD_EXECUTABLE} for HLVX
     * @param target element 0 receives the value, zero-extended
     * @return 0, or the cause of the exception; {@link #walker} then knows the guest physical address
     */
    int loadVirtual(long address, int size, Access access, long[] target);

    /** HSV: stores to the guest's virtual memory; otherwise as {@link #loadVirtual}. */
    int storeVirtual(long address, int size, long value);

    /** The hart's walker, with the outcome of the last {@link #loadVirtual} or {@link #storeVirtual}. */
    TwoStageWalker walker();

    /**
     * ecall from HS: calls the firmware (SBI). Arguments are those of the SBI's binary encoding.
     *
     * @return a0, the error; {@link #firmwareValue} has a1
     */
    long callFirmware(long extension, long function, long argument0, long argument1, long argument2);

    /** a1 of the last {@link #callFirmware}. */
    long firmwareValue();

    /** A fresh register file in reset state: VS, interrupts and address translation off. */
    Rv64Context newContext();
}
