package org.shyperlab.emulator.debug.riscv64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.core.riscv64.TwoStageWalker;
import org.shyperlab.emulator.debug.ArchitectureTerms;
import org.shyperlab.emulator.debug.Disassembler;
import org.shyperlab.emulator.debug.InstructionSet;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;

/** RV64 with the H extension, in the words of the Privileged ISA. */
public final class Rv64Terms implements ArchitectureTerms {
    /** The only instance: it has no state. */
    public static final Rv64Terms INSTANCE = new Rv64Terms();

    /** The stages' names by number. */
    static final String[] STAGES = {"", "VS-stage", "G-stage"};

    private Rv64Terms() {}

    @Override
    public InstructionSet instructionSet() {
        return InstructionSet.RV64;
    }

    @Override
    public String trap(TrapKind kind, int cause) {
        return kind == TrapKind.WAIT ? "WFI, " + cause(cause) : cause(cause);
    }

    @Override
    public String trap(TrapKind kind, int cause, long detail) {
        return switch (kind) {
            case ECALL -> "%s, %s".formatted(SbiExtension.name(detail), cause(cause));
            case GUEST_PAGE_FAULT, GUEST_FETCH_FAULT -> "%s, GPA 0x%x".formatted(cause(cause), detail);
            case VIRTUAL_INSTRUCTION, ILLEGAL_INSTRUCTION ->
                "%s, %s".formatted(Disassembler.of(InstructionSet.RV64).at((int) detail, 0), cause(cause));
            case OTHER -> "%s, stval 0x%x".formatted(cause(cause), detail);
            default -> trap(kind, cause);
        };
    }

    /** For example {@code load guest-page fault (scause 21)}. */
    static String cause(int cause) {
        return "%s (scause %d)".formatted(ExceptionCause.title(cause), cause);
    }

    static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** The core's name for a kind of access. */
    static org.shyperlab.emulator.core.riscv64.Access accessOf(Access access) {
        return switch (access) {
            case READ -> org.shyperlab.emulator.core.riscv64.Access.LOAD;
            case WRITE -> org.shyperlab.emulator.core.riscv64.Access.STORE;
            case FETCH -> org.shyperlab.emulator.core.riscv64.Access.FETCH;
        };
    }

    @Override
    public String interrupt(long number) {
        return "interrupt " + number;
    }

    @Override
    public @Nullable Access refusedAccess(int cause) {
        ExceptionCause known = ExceptionCause.of(cause);
        return known == null ? null : known.access();
    }

    @Override
    public String place(boolean user) {
        return user ? "in VU" : "in VS";
    }

    @Override
    public String register(int number) {
        return Registers.general(number);
    }

    @Override
    public String intermediateAddress() {
        return "GPA";
    }

    @Override
    public String stage(int stage) {
        return STAGES[stage];
    }

    @Override
    public String fault(Fault fault) {
        return "%s, %s%s"
                .formatted(
                        STAGES[fault.stage()],
                        ExceptionCause.title(fault.code()),
                        fault.level() < 0 ? "" : " at level " + fault.level());
    }

    @Override
    public String faultRegisters(Fault fault) {
        ExceptionCause cause = ExceptionCause.of(fault.code());
        if (cause == null || !cause.isGuestPageFault()) {
            return "scause %d".formatted(fault.code());
        }
        String registers = "scause %d, GPA 0x%x, htval 0x%x".formatted(fault.code(), fault.ipa(), fault.ipa() >>> 2);
        int pseudoInstruction = pseudoInstruction(fault);
        return pseudoInstruction == 0 ? registers : "%s, htinst 0x%x".formatted(registers, pseudoInstruction);
    }

    /** htinst of an access that VS-stage's walk made; 0 for the guest's own, whose htinst its instruction tells. */
    static int pseudoInstruction(Fault fault) {
        if (!fault.isInWalk()) {
            return 0;
        }
        return fault.walkAccess() == Access.WRITE ? TwoStageWalker.IMPLICIT_WRITE : TwoStageWalker.IMPLICIT_READ;
    }

    @Override
    public String missingFence() {
        return "an SFENCE.VMA or HFENCE.GVMA";
    }
}
