package org.shyperlab.emulator.debug;

import java.util.List;
import org.shyperlab.emulator.memory.AddressSpace;

/**
 * How an address of EL1 or EL0 is translated, step by step, through stage 1 and stage 2, by the architecture's rules for Armv8.0
 * (Arm ARM D8). It reads the tables from RAM as they are now and has no side effects; it does not look at TLBs, so it may differ from
 * what a core did whose guest forgot a TLBI: that difference is worth seeing.
 *
 * @param virtualAddress the address that was asked for
 * @param access the kind of access that was checked
 * @param atEl0 whether permissions of EL0 were checked, otherwise of EL1
 * @param steps every descriptor that was read, in the order of reading
 * @param outcome where the address goes, or the fault
 */
public record PageWalk(long virtualAddress, Access access, boolean atEl0, List<Step> steps, Outcome outcome) {
    /** Kinds of access. */
    public enum Access {
        READ,
        WRITE,
        FETCH
    }

    /** What a descriptor is. */
    public enum Kind {
        INVALID,
        TABLE,
        BLOCK,
        PAGE,
        /** Nothing that holds a table answers at the descriptor's address. */
        UNREADABLE
    }

    /**
     * One descriptor read.
     *
     * @param stage 1 or 2
     * @param level lookup level, 0 to 3
     * @param input the address that is being translated: VA at stage 1, IPA at stage 2
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
     * @param type the kind of fault
     * @param level the level that the syndrome tells
     * @param inStage1Walk whether stage 2 refused an access of stage 1's own walk (S1PTW)
     * @param ipa the address that stage 2 could not translate; 0 for faults of stage 1
     * @param reason the rule that was broken, in words
     */
    public record Fault(int stage, FaultType type, int level, boolean inStage1Walk, long ipa, String reason)
            implements Outcome {
        /** DFSC or IFSC of the syndrome. */
        public int status() {
            return type.status(level);
        }

        /** HPFAR_EL2 after a fault of stage 2: the page of {@link #ipa} (Arm ARM D24.2.59). */
        public long hpfar() {
            return ipa >>> 12 << 4;
        }
    }

    /**
     * Translates {@code virtualAddress}.
     *
     * @param memory where the tables are
     */
    public static PageWalk explain(
            AddressSpace memory, TranslationRegisters registers, long virtualAddress, Access access, boolean atEl0) {
        TableMemory tables = new TableMemory(memory);
        Stage2 stage2 = new Stage2(tables, registers);
        Stage1 stage1 = new Stage1(tables, registers, stage2);
        Outcome outcome = stage1.translate(virtualAddress, access, atEl0);
        if (outcome instanceof Mapped first) {
            outcome = stage2.translate(first.ipa(), access, false);
        }
        return new PageWalk(virtualAddress, access, atEl0, tables.steps(), outcome);
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
