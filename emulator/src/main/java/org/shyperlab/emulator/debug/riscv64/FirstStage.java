package org.shyperlab.emulator.debug.riscv64;

import org.shyperlab.emulator.core.riscv64.Access.Permission;
import org.shyperlab.emulator.core.riscv64.PageEntry;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.debug.PageWalk.Outcome;
import org.shyperlab.emulator.debug.TableMemory;

/** VS-stage: Sv39, Sv48 or Sv57 by vsatp, from virtual to guest physical addresses. */
final class FirstStage extends Stage {
    private static final int MOST_LEVELS = 5;
    private static final int FEWEST_LEVELS = 3;

    private final Rv64TranslationRegisters registers;
    private final long virtualAddress;
    private final Access access;
    private final boolean asUser;

    FirstStage(
            TableMemory tables,
            Rv64TranslationRegisters registers,
            long virtualAddress,
            Access access,
            boolean asUser) {
        super(tables, 1, virtualAddress, Rv64Terms.accessOf(access));
        this.registers = registers;
        this.virtualAddress = virtualAddress;
        this.access = access;
        this.asUser = asUser;
    }

    /** The GPA (in a {@link Mapped} whose physical address is not yet known), or the fault. */
    Outcome translate() {
        if (mode(registers.vsatp()) == 0) {
            return new Mapped(virtualAddress, virtualAddress, "");
        }
        int levels = levels(registers.vsatp());
        if (levels < FEWEST_LEVELS || levels > MOST_LEVELS) {
            return refused(-1, "vsatp.MODE %d is none that exists".formatted(mode(registers.vsatp())));
        }
        int bits = inputBits(levels, 0);
        if (virtualAddress << 64 - bits >> 64 - bits != virtualAddress) {
            return refused(
                    -1, "bits 63:%d of the address are not all like bit %d (Sv%d)".formatted(bits, bits - 1, bits));
        }
        return descend(registers.vsatp(), 0);
    }

    @Override
    Outcome place(long address) {
        return registers.isSecondStageOn()
                ? new SecondStage(tables, registers, address, Access.READ, original, true).translate()
                : new Mapped(address, address, tables.placeOf(address));
    }

    @Override
    Outcome leaf(long entry, int level, long entryAddress, long target) {
        if ((rights(entry, asUser) & original.permission()) == 0) {
            return refused(
                    level, "VS-stage does not allow %s in %s (%s)".formatted(access.noun(), name(asUser), why(entry)));
        }
        boolean changes = (entry & PageEntry.ACCESSED) == 0 || access == Access.WRITE && (entry & PageEntry.DIRTY) == 0;
        if (changes && registers.isSecondStageOn()) {
            Outcome update = new SecondStage(tables, registers, entryAddress, Access.WRITE, original, true).translate();
            if (update instanceof Fault) {
                return update;
            }
        }
        return new Mapped(target, target, "");
    }

    private static String name(boolean user) {
        return user ? "VU" : "VS";
    }

    private int rights(long entry, boolean user) {
        int rights = PageEntry.permissions(entry, registers.readsExecutable() || registers.guestReadsExecutable());
        if (((entry & PageEntry.USER) != 0) == user) {
            return rights;
        }
        return !user && registers.supervisorReadsUser() ? rights & ~Permission.EXECUTE : 0;
    }

    private String why(long entry) {
        String flags = EntryText.flags(entry);
        if (((entry & PageEntry.USER) != 0) == asUser) {
            return flags;
        }
        return asUser
                ? flags + ", U=0"
                : "%s, U=1, vsstatus.SUM=%d".formatted(flags, registers.supervisorReadsUser() ? 1 : 0);
    }

    @Override
    String rightsText(long entry) {
        return "VS %s, VU %s".formatted(EntryText.rights(rights(entry, false)), EntryText.rights(rights(entry, true)));
    }

    @Override
    String outputName() {
        return "GPA";
    }

    @Override
    int refusal() {
        return original.pageFault();
    }

    @Override
    Fault fault(int level, int cause, String reason) {
        return new Fault(1, level, cause, null, 0, reason);
    }
}
