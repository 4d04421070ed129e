package org.shyperlab.emulator.debug;

import java.util.List;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.debug.aarch64.A64TranslationRegisters;
import org.shyperlab.emulator.debug.riscv64.Rv64TranslationRegisters;

/**
 * The registers that rule a guest's address translation, and those that tell how it failed, as one snapshot of a core; with the rules
 * of its architecture. {@link PageWalk#explain} is what programs call.
 */
public sealed interface TranslationRegisters permits A64TranslationRegisters, Rv64TranslationRegisters {
    /** What the core's registers say now. */
    static TranslationRegisters of(Core core) {
        return switch (core) {
            case A64Core a64 -> A64TranslationRegisters.of(a64);
            case Rv64Core hart -> Rv64TranslationRegisters.of(hart);
            default -> throw new IllegalArgumentException("a core of no known architecture: " + core);
        };
    }

    /** The architecture's terms. */
    ArchitectureTerms terms();

    /**
     * Translates an address through both stages.
     *
     * @param tables reads the tables, and takes down every entry that was read
     */
    PageWalk.Outcome translate(TableMemory tables, long virtualAddress, PageWalk.Access access, boolean asUser);

    /** The start of a sentence on a trap: ESR_EL2 or scause, and what these registers add, in words. */
    String trap(int syndrome);

    /** The guest's state in words, a register on each line: PSTATE; vsstatus and hstatus. */
    List<String> state(long processorState);
}
