package org.shyperlab.emulator.debug;

/** Instruction sets that can be disassembled. */
public enum InstructionSet {
    /** AArch64's fixed-width instructions. */
    A64
}
