package org.shyperlab.emulator.debug;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.debug.GuestFailure.RecentTrap;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.memory.AddressSpace;

/** A guest's failure as a report for people: one paragraph that tells what happened, then the details. */
public final class FailureText {
    private static final int INSTRUCTIONS_BEFORE = 4;
    private static final int INSTRUCTIONS_AFTER = 2;
    private static final int TRAPS_SHOWN = 16;
    private static final int REGISTERS_IN_A_LINE = 4;

    private final GuestFailure failure;
    private final CodeListing code;
    private final @Nullable PageWalk walk;

    private FailureText(
            GuestFailure failure, AddressSpace memory, TranslationRegisters registers, Disassembler disassembler) {
        boolean atEl0 = failure.exceptionLevel() == 0;
        this.failure = failure;
        this.code = new CodeListing(memory, registers, atEl0, disassembler);
        Access access = abortedAccess(failure.syndrome());
        this.walk =
                access == null ? null : PageWalk.explain(memory, registers, failure.virtualAddress(), access, atEl0);
    }

    /**
     * The report, line by line.
     *
     * @param memory the machine's memory, read but not changed
     * @param registers the translation registers while the VM's vCPU is still on its core, see {@link TranslationRegisters#of}
     */
    public static List<String> lines(GuestFailure failure, AddressSpace memory, TranslationRegisters registers) {
        return lines(failure, memory, registers, Disassembler.of(InstructionSet.A64));
    }

    static List<String> lines(
            GuestFailure failure, AddressSpace memory, TranslationRegisters registers, Disassembler disassembler) {
        return new FailureText(failure, memory, registers, disassembler).lines();
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(paragraph());
        section(lines, "code", code.around(failure.pc(), INSTRUCTIONS_BEFORE, INSTRUCTIONS_AFTER));
        if (walk != null) {
            section(lines, "address translation", walk.lines());
        }
        section(lines, "registers", registers());
        section(lines, "last traps, newest last", traps());
        return lines;
    }

    private static void section(List<String> lines, String title, List<String> content) {
        lines.add(title + ":");
        content.forEach(line -> lines.add("  " + line));
    }

    private String paragraph() {
        return "VM %d (%s) was stopped: %s. Its vCPU %d was on core %d at EL%d, PC 0x%x, at \"%s\". Syndrome 0x%08x: %s.%s"
                .formatted(
                        failure.vm(),
                        failure.vmName(),
                        failure.reason(),
                        failure.vcpu(),
                        failure.core(),
                        failure.exceptionLevel(),
                        failure.pc(),
                        code.at(failure.pc()),
                        failure.syndrome(),
                        Syndromes.atEl2(failure.syndrome()),
                        walk == null ? "" : " " + address(walk));
    }

    private static String address(PageWalk walk) {
        String where = "The address is VA 0x%x".formatted(walk.virtualAddress());
        return where
                + switch (walk.outcome()) {
                    case Fault fault
                    when fault.stage() == 1 -> ", which stage 1 does not translate: %s.".formatted(fault.reason());
                    case Fault fault -> ", IPA 0x%x: %s.".formatted(fault.ipa(), fault.reason());
                    case Mapped mapped ->
                        (", IPA 0x%x; the tables as they are now allow the access (PA 0x%x in %s),"
                                        + " so they were changed since, or a TLBI is missing.")
                                .formatted(mapped.ipa(), mapped.physicalAddress(), mapped.place());
                };
    }

    private List<String> registers() {
        List<String> lines = new ArrayList<>();
        List<Long> values = failure.registers();
        for (int first = 0; first < values.size(); first += REGISTERS_IN_A_LINE) {
            StringBuilder line = new StringBuilder();
            for (int n = first; n < Math.min(first + REGISTERS_IN_A_LINE, values.size()); n++) {
                line.append("%-3s %016x  ".formatted("x" + n, values.get(n)));
            }
            lines.add(line.toString().stripTrailing());
        }
        lines.add("pstate %s (0x%x)"
                .formatted(ProcessorState.inWords(failure.processorState()), failure.processorState()));
        return lines;
    }

    private List<String> traps() {
        List<RecentTrap> traps = failure.recentTraps();
        return traps.subList(Math.max(0, traps.size() - TRAPS_SHOWN), traps.size()).stream()
                .map(FailureText::trap)
                .toList();
    }

    private static String trap(RecentTrap trap) {
        return "cycle %d  PC 0x%x  %s%s"
                .formatted(
                        trap.cycles(),
                        trap.pc(),
                        Syndromes.atEl2(trap.syndrome()),
                        trap.ipa() == 0 ? "" : ", IPA 0x%x".formatted(trap.ipa()));
    }

    /** The access that an abort's syndrome tells; null when the syndrome is of no abort. */
    private static @Nullable Access abortedAccess(int syndrome) {
        ExceptionClass exceptionClass = ExceptionClass.of(syndrome);
        if (exceptionClass == ExceptionClass.INSTRUCTION_ABORT_LOWER) {
            return Access.FETCH;
        }
        if (exceptionClass == ExceptionClass.DATA_ABORT_LOWER) {
            return (syndrome & 1 << 6) != 0 ? Access.WRITE : Access.READ;
        }
        return null;
    }
}
