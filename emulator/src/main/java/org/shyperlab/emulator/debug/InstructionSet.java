package org.shyperlab.emulator.debug;

/** Instruction sets that can be disassembled. */
public enum InstructionSet {
    /** AArch64's fixed-width instructions. */
    A64(4),
    /** RV64 with compressed instructions. */
    RV64(2);

    /** RISC-V: both bits set begin an instruction of four bytes (Unprivileged ISA, "Base Instruction-Length Encoding"). */
    private static final int LONG_INSTRUCTION = 3;

    private final int parcelBytes;

    InstructionSet(int parcelBytes) {
        this.parcelBytes = parcelBytes;
    }

    /** Bytes of the shortest instruction, to which all are aligned. */
    public int parcelBytes() {
        return parcelBytes;
    }

    /** Bytes of the instruction that begins with these bits: 2 or 4. */
    public int length(int word) {
        return this == A64 || (word & LONG_INSTRUCTION) == LONG_INSTRUCTION ? 4 : 2;
    }
}
