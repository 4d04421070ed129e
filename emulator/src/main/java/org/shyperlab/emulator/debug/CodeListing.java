package org.shyperlab.emulator.debug;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

/** The instructions around a program counter, found through the guest's own translation. */
final class CodeListing {
    private final AddressSpace memory;
    private final TranslationRegisters registers;
    private final boolean atEl0;
    private final Disassembler disassembler;

    CodeListing(AddressSpace memory, TranslationRegisters registers, boolean atEl0, Disassembler disassembler) {
        this.memory = memory;
        this.registers = registers;
        this.atEl0 = atEl0;
        this.disassembler = disassembler;
    }

    /** One line for each of the instructions from {@code before} ahead of {@code pc} to {@code after} behind it. */
    List<String> around(long pc, int before, int after) {
        List<String> lines = new ArrayList<>();
        for (int i = -before; i <= after; i++) {
            long address = pc + 4L * i;
            String arrow = i == 0 ? "->" : "  ";
            lines.add("%s 0x%016x  %s".formatted(arrow, address, at(address)));
        }
        return lines;
    }

    /** Word and text of the instruction at a virtual address, or why it cannot be read. */
    String at(long address) {
        PageWalk walk = PageWalk.explain(memory, registers, address, Access.FETCH, atEl0);
        return switch (walk.outcome()) {
            case Fault fault ->
                "(not readable: stage-%d %s)".formatted(fault.stage(), FaultStatus.inWords(fault.status()));
            case Mapped mapped -> {
                PhysicalMemory ram = memory.ramAt(mapped.physicalAddress(), Integer.BYTES);
                if (ram == null) {
                    yield "(not readable: PA 0x%x is %s)".formatted(mapped.physicalAddress(), mapped.place());
                }
                int word = (int) ram.read(mapped.physicalAddress(), Integer.BYTES);
                yield "%08x  %s".formatted(word, disassembler.at(word, address));
            }
        };
    }
}
