package org.shyperlab.emulator.debug;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.aarch64.A64Terms;
import org.shyperlab.emulator.debug.riscv64.Rv64Terms;
import org.shyperlab.emulator.trace.TraceEvent;
import org.shyperlab.emulator.trace.TrapDescriber;

/**
 * What one architecture's manuals call the things that the texts of this room tell of. One for each architecture; also what trace sinks
 * describe traps with.
 */
public sealed interface ArchitectureTerms extends TrapDescriber permits A64Terms, Rv64Terms {
    /** The terms of the architecture that this instruction set belongs to. */
    static ArchitectureTerms of(InstructionSet instructionSet) {
        return switch (instructionSet) {
            case A64 -> A64Terms.INSTANCE;
            case RV64 -> Rv64Terms.INSTANCE;
        };
    }

    /** What its guests' code is written in. */
    InstructionSet instructionSet();

    /** A trap in words, by its kind and ESR_EL2 or scause. */
    String trap(TrapKind kind, int syndrome);

    /** The same with what a {@link TraceEvent}'s detail adds. */
    String trap(TrapKind kind, int syndrome, long detail);

    @Override
    default String describe(TraceEvent event) {
        TrapKind kind = event.kind();
        if (kind == null) {
            return interrupt(event.detail());
        }
        return kind == TrapKind.IRQ ? "physical interrupt" : trap(kind, event.syndrome(), event.detail());
    }

    /** An interrupt by its number. */
    String interrupt(long number);

    /** The access that ESR_EL2 or scause says was refused; null when it says nothing of one. */
    @Nullable
    Access refusedAccess(int syndrome);

    /** Where code runs: {@code at EL1} or {@code in VS}; {@code at EL0} or {@code in VU} for user code. */
    String place(boolean user);

    /** A general register's name. */
    String register(int number);

    /** The address between the two stages: {@code IPA} or {@code GPA}. */
    String intermediateAddress();

    /** A stage's name. */
    String stage(int stage);

    /** The kind of fault, its stage and its level. */
    String fault(Fault fault);

    /** The values of the registers that tell of a fault. */
    String faultRegisters(Fault fault);

    /** The instruction that software forgot when tables and translations differ, with an article. */
    String missingFence();
}
