package org.shyperlab.platforms.board;

import org.shyperlab.emulator.debug.ArchitectureTerms;
import org.shyperlab.emulator.debug.InstructionSet;
import org.shyperlab.guestimages.linux.GuestArchitecture;

/** Instruction set architectures of boards. */
public enum Architecture {
    /** Armv8-A, with EL2. */
    AARCH64("aarch64", GuestArchitecture.ARM64, InstructionSet.A64),
    /** RV64 with the H extension. */
    RISCV64("riscv64", GuestArchitecture.RISCV64, InstructionSet.RV64);

    private final String label;
    private final GuestArchitecture kernels;
    private final InstructionSet instructionSet;

    Architecture(String label, GuestArchitecture kernels, InstructionSet instructionSet) {
        this.label = label;
        this.kernels = kernels;
        this.instructionSet = instructionSet;
    }

    /** Its name in board files, and of the bare-metal guests that run on it. */
    public String label() {
        return label;
    }

    /** What Linux kernels for it look like. */
    public GuestArchitecture kernels() {
        return kernels;
    }

    /** The words for its traps, in traces and reports. */
    public ArchitectureTerms terms() {
        return ArchitectureTerms.of(instructionSet);
    }
}
