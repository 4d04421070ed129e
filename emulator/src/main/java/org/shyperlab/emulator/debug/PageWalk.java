package org.shyperlab.emulator.debug;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.memory.AddressSpace;

/**
 * How a guest's address is translated, step by step, through both stages, by its architecture's rules. It reads the tables from RAM as
 * they are now and has no side effects; it does not look at TLBs, so it may differ from what a core did whose guest forgot a TLBI or an
 * SFENCE.VMA: that difference is worth seeing.
 *
 * @param terms the architecture
 * @param virtualAddress the address that was asked for
 * @param access the kind of access that was checked
 * @param asUser whether permissions of user code were checked (EL0; VU), otherwise of the kernel (EL1; VS)
 * @param steps every descriptor that was read, in the order of reading
 * @param outcome where the address goes, or the fault
 */
public record PageWalk(
        ArchitectureTerms terms,
        long virtualAddress,
        Access access,
        boolean asUser,
        List<Step> steps,
        Outcome outcome) {
    /** Kinds of access. */
    public enum Access {
        READ("reads"),
        WRITE("writes"),
        FETCH("instruction fetches");

        private final String noun;

        Access(String noun) {
            this.noun = noun;
        }

        /** The kind of access as a noun phrase. */
        public String noun() {
            return noun;
        }
    }

    /** What a descriptor (RISC-V: a page-table entry) is. */
    public enum Kind {
        INVALID,
        TABLE,
        /** Maps more than a page. */
        BLOCK,
        PAGE,
        /** Nothing that holds a table answers at the descriptor's address. */
        UNREADABLE
    }

    /**
     * One descriptor read.
     *
     * @param stage 1 or 2
     * @param level lookup level as the architecture counts: 0 is AArch64's first and RISC-V's last
     * @param input the address that is being translated: VA at stage 1, IPA (GPA) at stage 2
     * @param descriptorIpa where stage 1 finds the descriptor; at stage 2, whose tables are at physical addresses, the same as
     *     {@code descriptorPa}
     * @param descriptorPa physical address of the descriptor
     * @param descriptor its value
     * @param kind what it is at this level
     * @param meaning where it leads, with permissions and attributes, in words
     */
    public record Step(
            int stage,
            int level,
            long input,
            long descriptorIpa,
            long descriptorPa,
            long descriptor,
            Kind kind,
            String meaning) {}

    /** How a translation ends. */
    public sealed interface Outcome {}

    /**
     * The translation succeeds.
     *
     * @param ipa what stage 1 gives
     * @param physicalAddress what stage 2 gives
     * @param place what answers there: a RAM block's or device's name, or nothing
     */
    public record Mapped(long ipa, long physicalAddress, String place) implements Outcome {}

    /**
     * The translation faults.
     *
     * @param stage the stage that faults
     * @param level the level that faults; -1 when RISC-V refuses the address before any
     * @param code DFSC or IFSC of the syndrome; scause
     * @param walkAccess of an access that stage 1's own walk made and stage 2 refused: READ or WRITE; null for the guest's own
     * @param ipa the address that stage 2 could not translate; 0 for faults of stage 1
     * @param reason the rule that was broken, in words
     */
    public record Fault(
            int stage, int level, int code, @Nullable Access walkAccess, long ipa, String reason) implements Outcome {
        /** Whether stage 2 refused an access of stage 1's own walk. */
        public boolean isInWalk() {
            return walkAccess != null;
        }
    }

    /**
     * Translates {@code virtualAddress}.
     *
     * @param memory where the tables are
     */
    public static PageWalk explain(
            AddressSpace memory, TranslationRegisters registers, long virtualAddress, Access access, boolean asUser) {
        TableMemory tables = new TableMemory(memory);
        Outcome outcome = registers.translate(tables, virtualAddress, access, asUser);
        return new PageWalk(registers.terms(), virtualAddress, access, asUser, tables.steps(), outcome);
    }

    /** Whether the translation succeeds. */
    public boolean isMapped() {
        return outcome instanceof Mapped;
    }

    /** The whole walk as lines of text. */
    public List<String> lines() {
        return PageWalkText.lines(this);
    }
}
