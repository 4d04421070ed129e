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
    private final TranslationRegisters registers;
    private final ArchitectureTerms terms;
    private final CodeListing code;
    private final @Nullable PageWalk walk;

    private FailureText(
            GuestFailure failure, AddressSpace memory, TranslationRegisters registers, Disassembler disassembler) {
        boolean asUser = failure.exceptionLevel() == 0;
        this.failure = failure;
        this.registers = registers;
        this.terms = registers.terms();
        this.code = new CodeListing(memory, registers, asUser, disassembler);
        Access access = terms.refusedAccess(failure.syndrome());
        this.walk =
                access == null ? null : PageWalk.explain(memory, registers, failure.virtualAddress(), access, asUser);
    }

    /**
     * The report, line by line.
     *
     * @param memory the machine's memory, read but not changed
     * @param registers the core's registers while the VM's vCPU is still on it, see {@link TranslationRegisters#of}
     */
    public static List<String> lines(GuestFailure failure, AddressSpace memory, TranslationRegisters registers) {
        return lines(
                failure, memory, registers, Disassembler.of(registers.terms().instructionSet()));
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
        return "VM %d (%s) was stopped: %s. Its vCPU %d was on core %d %s, PC 0x%x, at \"%s\". %s.%s"
                .formatted(
                        failure.vm(),
                        failure.vmName(),
                        failure.reason(),
                        failure.vcpu(),
                        failure.core(),
                        terms.place(failure.exceptionLevel() == 0),
                        failure.pc(),
                        code.at(failure.pc()),
                        registers.trap(failure.syndrome()),
                        walk == null ? "" : " " + address(walk));
    }

    private String address(PageWalk walk) {
        String ipa = terms.intermediateAddress();
        return "The address is VA 0x%x".formatted(walk.virtualAddress())
                + switch (walk.outcome()) {
                    case Fault fault
                    when fault.stage() == 1 ->
                        ", which %s does not translate: %s.".formatted(terms.stage(1), fault.reason());
                    case Fault fault -> ", %s 0x%x: %s.".formatted(ipa, fault.ipa(), fault.reason());
                    case Mapped mapped ->
                        (", %s 0x%x; the tables as they are now allow the access (PA 0x%x in %s),"
                                        + " so they were changed since, or %s is missing.")
                                .formatted(
                                        ipa,
                                        mapped.ipa(),
                                        mapped.physicalAddress(),
                                        mapped.place(),
                                        terms.missingFence());
                };
    }

    private List<String> registers() {
        List<String> lines = new ArrayList<>();
        List<Long> values = failure.registers();
        for (int first = 0; first < values.size(); first += REGISTERS_IN_A_LINE) {
            StringBuilder line = new StringBuilder();
            for (int n = first; n < Math.min(first + REGISTERS_IN_A_LINE, values.size()); n++) {
                line.append("%-3s %016x  ".formatted(terms.register(n), values.get(n)));
            }
            lines.add(line.toString().stripTrailing());
        }
        lines.addAll(registers.state(failure.processorState()));
        return lines;
    }

    private List<String> traps() {
        List<RecentTrap> traps = failure.recentTraps();
        return traps.subList(Math.max(0, traps.size() - TRAPS_SHOWN), traps.size()).stream()
                .map(this::trap)
                .toList();
    }

    private String trap(RecentTrap trap) {
        return "cycle %d  PC 0x%x  %s%s"
                .formatted(
                        trap.cycles(),
                        trap.pc(),
                        terms.trap(trap.kind(), trap.syndrome()),
                        trap.ipa() == 0 ? "" : ", %s 0x%x".formatted(terms.intermediateAddress(), trap.ipa()));
    }
}
