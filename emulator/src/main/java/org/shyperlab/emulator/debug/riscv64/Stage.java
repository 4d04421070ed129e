package org.shyperlab.emulator.debug.riscv64;

import org.shyperlab.emulator.core.riscv64.Access;
import org.shyperlab.emulator.core.riscv64.PageEntry;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Kind;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.debug.PageWalk.Outcome;
import org.shyperlab.emulator.debug.PageWalk.Step;
import org.shyperlab.emulator.debug.TableMemory;
import org.shyperlab.emulator.memory.PhysicalMemory;

/** One translation by one stage: what both stages have in common (Privileged ISA, "Virtual Address Translation Process"). */
abstract class Stage {
    private static final int MODE_SHIFT = 60;
    private static final int MODE_SV39 = 8;
    private static final int LEVELS_OF_SV39 = 3;
    private static final long ROOT_MASK = (1L << 44) - 1;
    private static final int PAGE_BITS = 12;
    private static final int INDEX_BITS = 9;

    final TableMemory tables;
    private final int number;
    private final long input;

    /** What the guest does: it tells the exceptions. */
    final Access original;

    /** A translation of {@code input} by stage {@code number}, 1 or 2. */
    Stage(TableMemory tables, int number, long input, Access original) {
        this.original = original;
        this.tables = tables;
        this.number = number;
        this.input = input;
    }

    /** satp.MODE or hgatp.MODE; 0 is Bare. */
    static int mode(long addressTranslation) {
        return (int) (addressTranslation >>> MODE_SHIFT);
    }

    /** The levels of tables that a mode stands for; fewer than three for modes that do not exist. */
    static int levels(long addressTranslation) {
        return mode(addressTranslation) - MODE_SV39 + LEVELS_OF_SV39;
    }

    /** Bits of the addresses that {@code levels} levels translate, with the bits that a larger root adds. */
    static int inputBits(int levels, int rootExtension) {
        return PAGE_BITS + INDEX_BITS * levels + rootExtension;
    }

    /** Where an entry of this stage is in memory. */
    abstract Outcome place(long address);

    /** What a leaf allows, in words. */
    abstract String rightsText(long entry);

    /** Where a well-formed leaf leads this access. */
    abstract Outcome leaf(long entry, int level, long entryAddress, long target);

    /** What tables and leaves of this stage point at: GPA or PA. */
    abstract String outputName();

    /** The exception of this stage's refusals. */
    abstract int refusal();

    /** A fault of this stage. */
    abstract Fault fault(int level, int cause, String reason);

    /** A fault because of the tables. */
    final Fault refused(int level, String reason) {
        return fault(level, refusal(), reason);
    }

    /** Goes down from the root that satp or hgatp names. */
    final Outcome descend(long addressTranslation, int rootExtension) {
        int root = levels(addressTranslation) - 1;
        long table = (addressTranslation & ROOT_MASK) << PAGE_BITS;
        int level = root;
        while (true) {
            int indexBits = INDEX_BITS + (level == root ? rootExtension : 0);
            long index = input >>> PAGE_BITS + INDEX_BITS * level & (1L << indexBits) - 1;
            long entryAddress = table + (index << 3);
            Outcome found = place(entryAddress);
            if (!(found instanceof Mapped place)) {
                return found;
            }
            PhysicalMemory ram = tables.ramAt(place.physicalAddress());
            if (ram == null) {
                record(level, place, 0, Kind.UNREADABLE, "no RAM but " + place.place());
                return fault(
                        level,
                        original.accessFault(),
                        "the %s table is not in RAM: at PA 0x%x is %s"
                                .formatted(Rv64Terms.STAGES[number], place.physicalAddress(), place.place()));
            }
            long entry = ram.read(place.physicalAddress(), Long.BYTES);
            String problem = EntryText.problem(entry, level);
            if (problem != null) {
                record(level, place, entry, Kind.INVALID, problem);
                return refused(level, "the %s entry is invalid: %s".formatted(Rv64Terms.STAGES[number], problem));
            }
            if (PageEntry.isLeaf(entry)) {
                record(level, place, entry, level == 0 ? Kind.PAGE : Kind.BLOCK, leafText(entry, level));
                return leaf(entry, level, entryAddress, PageEntry.target(entry, level, input));
            }
            table = PageEntry.table(entry);
            record(level, place, entry, Kind.TABLE, "next table at %s 0x%x".formatted(outputName(), table));
            level--;
        }
    }

    private String leafText(long entry, int level) {
        return "%s at %s 0x%x, %s: %s%s"
                .formatted(
                        EntryText.size(entry, level),
                        outputName(),
                        EntryText.base(entry, level),
                        EntryText.flags(entry),
                        rightsText(entry),
                        EntryText.extensions(entry));
    }

    private void record(int level, Mapped place, long entry, Kind kind, String meaning) {
        tables.add(new Step(number, level, input, place.ipa(), place.physicalAddress(), entry, kind, meaning));
    }
}
