package org.shyperlab.platforms.board;

/** Instruction set architectures of boards. */
public enum Architecture {
    /** Armv8-A, with EL2. */
    AARCH64,
    /** RV64 with the H extension. */
    RISCV64
}
