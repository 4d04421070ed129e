package org.shyperlab.emulator.debug.riscv64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.riscv64.PageEntry;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.debug.PageWalk.Outcome;
import org.shyperlab.emulator.debug.TableMemory;

/** G-stage: Sv39x4 or Sv48x4 by hgatp, from guest physical to physical addresses. */
final class SecondStage extends Stage {
    /** The root is four times as large as other tables: two more bits of address. */
    private static final int ROOT_EXTENSION = 2;

    private static final int FEWEST_LEVELS = 3;
    private static final int MOST_LEVELS = 4;

    private final Rv64TranslationRegisters registers;
    private final long guestPhysical;
    private final Access access;
    private final @Nullable Access walkAccess;

    /**
     * A translation while G-stage is on.
     *
     * @param access what is done at the address
     * @param original what the guest does: its refusal tells the exception
     * @param inWalk whether VS-stage's walk does it
     */
    SecondStage(
            TableMemory tables,
            Rv64TranslationRegisters registers,
            long guestPhysical,
            Access access,
            org.shyperlab.emulator.core.riscv64.Access original,
            boolean inWalk) {
        super(tables, 2, guestPhysical, original);
        this.registers = registers;
        this.guestPhysical = guestPhysical;
        this.access = access;
        this.walkAccess = inWalk ? access : null;
    }

    /** The physical address, or the fault. */
    Outcome translate() {
        int levels = levels(registers.hgatp());
        if (levels < FEWEST_LEVELS || levels > MOST_LEVELS) {
            return refused(-1, "hgatp.MODE %d is none that exists".formatted(mode(registers.hgatp())));
        }
        int bits = inputBits(levels, ROOT_EXTENSION);
        if (guestPhysical >>> bits != 0) {
            return refused(-1, "the GPA has more than the %d bits of Sv%dx4".formatted(bits, bits - ROOT_EXTENSION));
        }
        return descend(registers.hgatp(), ROOT_EXTENSION);
    }

    @Override
    Outcome place(long address) {
        return new Mapped(address, address, tables.placeOf(address));
    }

    @Override
    Outcome leaf(long entry, int level, long entryAddress, long target) {
        if ((entry & PageEntry.USER) == 0) {
            return refused(level, "the G-stage entry has U=0 (%s)".formatted(EntryText.flags(entry)));
        }
        if ((rights(entry) & Rv64Terms.accessOf(access).permission()) == 0) {
            return refused(level, "G-stage does not allow %s (%s)".formatted(access.noun(), EntryText.flags(entry)));
        }
        return new Mapped(guestPhysical, target, tables.placeOf(target));
    }

    /** What the leaf allows; MXR is for the guest's own loads alone. */
    private int rights(long entry) {
        return PageEntry.permissions(entry, walkAccess == null && registers.readsExecutable());
    }

    @Override
    String rightsText(long entry) {
        return (entry & PageEntry.USER) == 0 ? "---" : EntryText.rights(rights(entry));
    }

    @Override
    String outputName() {
        return "PA";
    }

    @Override
    int refusal() {
        return original.guestPageFault();
    }

    @Override
    Fault fault(int level, int cause, String reason) {
        return new Fault(2, level, cause, walkAccess, guestPhysical, reason);
    }
}
