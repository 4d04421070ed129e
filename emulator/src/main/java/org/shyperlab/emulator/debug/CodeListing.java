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
    private static final int LONGEST_INSTRUCTION = 4;

    private final AddressSpace memory;
    private final TranslationRegisters registers;
    private final boolean asUser;
    private final Disassembler disassembler;
    private final InstructionSet instructionSet;

    CodeListing(AddressSpace memory, TranslationRegisters registers, boolean asUser, Disassembler disassembler) {
        this.memory = memory;
        this.registers = registers;
        this.asUser = asUser;
        this.disassembler = disassembler;
        this.instructionSet = registers.terms().instructionSet();
    }

    /** One line for each of the instructions from {@code before} ahead of {@code pc} to {@code after} behind it. */
    List<String> around(long pc, int before, int after) {
        List<String> lines = new ArrayList<>();
        ahead(pc, before).forEach(address -> lines.add(line("  ", address)));
        lines.add(line("->", pc));
        long next = pc;
        for (int i = 0; i < after; i++) {
            next += length(next);
            lines.add(line("  ", next));
        }
        return lines;
    }

    private String line(String arrow, long address) {
        return "%s 0x%016x  %s".formatted(arrow, address, at(address));
    }

    /**
     * The addresses of the last instructions ahead of {@code pc}. Where lengths differ, code cannot be read backwards: tries starts that
     * are ever nearer, and takes the first from which instructions lead to {@code pc}. Wrong starts soon fall into step with the
     * right ones, so that the last few are right but for rare cases.
     */
    private List<Long> ahead(long pc, int count) {
        for (int distance = 2 * count * LONGEST_INSTRUCTION; distance > 0; distance -= instructionSet.parcelBytes()) {
            List<Long> path = new ArrayList<>();
            long address = pc - distance;
            while (address - pc < 0) {
                path.add(address);
                address += length(address);
            }
            if (address == pc) {
                return path.subList(Math.max(0, path.size() - count), path.size());
            }
        }
        return List.of();
    }

    /** Bytes of the instruction at an address; of one that cannot be read, the shortest. */
    private int length(long address) {
        return parcel(address) instanceof Bits bits
                ? instructionSet.length(bits.value())
                : instructionSet.parcelBytes();
    }

    /** Bits and text of the instruction at a virtual address, or why it cannot be read. */
    String at(long address) {
        return switch (parcel(address)) {
            case Unreadable(String reason) -> "(not readable: %s)".formatted(reason);
            case Bits(int first) -> {
                int parcelBytes = instructionSet.parcelBytes();
                if (instructionSet.length(first) == parcelBytes) {
                    yield text(first, address);
                }
                yield switch (parcel(address + parcelBytes)) {
                    case Unreadable(String reason) -> "%04x, and the rest is not readable: %s".formatted(first, reason);
                    case Bits(int second) -> text(first | second << 8 * parcelBytes, address);
                };
            }
        };
    }

    private String text(int word, long address) {
        return "%s  %s".formatted(Disassembler.bits(instructionSet, word), disassembler.at(word, address));
    }

    /** The bits that one parcel holds, or why it cannot be read. */
    private sealed interface Parcel {}

    private record Bits(int value) implements Parcel {}

    private record Unreadable(String reason) implements Parcel {}

    private Parcel parcel(long address) {
        PageWalk walk = PageWalk.explain(memory, registers, address, Access.FETCH, asUser);
        return switch (walk.outcome()) {
            case Fault fault -> new Unreadable(registers.terms().fault(fault));
            case Mapped mapped -> {
                int size = instructionSet.parcelBytes();
                PhysicalMemory ram = memory.ramAt(mapped.physicalAddress(), size);
                yield ram == null
                        ? new Unreadable("PA 0x%x is %s".formatted(mapped.physicalAddress(), mapped.place()))
                        : new Bits((int) ram.read(mapped.physicalAddress(), size));
            }
        };
    }
}
