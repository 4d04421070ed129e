package org.shyperlab.emulator.core.riscv64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

/**
 * The walker of one hart: Sv39, Sv48 or Sv57 first, then Sv39x4 or Sv48x4 (Privileged ISA, "Virtual Address Translation Process" and
 * "Two-Stage Address Translation"). It sets accessed and dirty bits itself, at both stages (Svadu).
 *
 * <p>Reusable and without allocation: a walk leaves its outcome in fields that hold until the next one.
 */
public final class TwoStageWalker {
    /** htinst of a refused read of a first-stage entry (table "Special pseudoinstructions"). */
    public static final int IMPLICIT_READ = 0x3000;
    /** htinst of a refused write of a first-stage entry's accessed and dirty bits. */
    public static final int IMPLICIT_WRITE = 0x3020;

    private static final int MODE_SHIFT = 60;
    private static final int MODE_SV39 = 8;
    private static final int MODE_SV57 = 10;
    private static final long ROOT_MASK = (1L << 44) - 1;
    private static final long SUM = 1 << 18;
    private static final long MXR = 1 << 19;
    private static final int USER_MODE = 0;

    private final AddressSpace bus;
    private final long physicalLimit;
    private long hgatp;
    private boolean secondStageReadsExecutable;

    private long physical;
    private int permissions;
    private int cause;
    private long guestPhysical;
    private int implicitInstruction;
    private long stageTwoTarget;
    private int stageTwoPermissions;

    /**
     * A walker without a second stage.
     *
     * @param bus where the tables are
     * @param physicalLimit physical addresses from here on answer with an access fault
     */
    public TwoStageWalker(AddressSpace bus, long physicalLimit) {
        this.bus = bus;
        this.physicalLimit = physicalLimit;
    }

    /** Physical addresses from here on answer with an access fault. */
    public long physicalLimit() {
        return physicalLimit;
    }

    /** The second stage from now on: hgatp, where mode 0 is none. */
    public void secondStage(long newHgatp) {
        hgatp = newHgatp;
    }

    /** sstatus.MXR of HS: loads may read what is only executable, at both stages. */
    public void secondStageReadsExecutable(boolean allowed) {
        secondStageReadsExecutable = allowed;
    }

    /**
     * Translates one address.
     *
     * @param privilege 0 for U (VU), 1 for S (VS)
     * @param satp satp (vsatp) of the first stage
     * @param status SUM and MXR of sstatus (vsstatus), in their places
     * @return whether the access is allowed; the outcome is in the other methods
     */
    public boolean translate(long address, Access access, int privilege, long satp, long status) {
        guestPhysical = 0;
        implicitInstruction = 0;
        cause = 0;
        long target = address;
        int allowed = Access.Permission.ALL;
        int mode = (int) (satp >>> MODE_SHIFT);
        if (mode != 0) {
            target = firstStage(address, access, privilege, satp, status);
            if (target == -1) {
                return false;
            }
            allowed = permissions;
        }
        if (hgatp >>> MODE_SHIFT != 0) {
            if (!secondStage(target, access, access, 0)) {
                return false;
            }
            target = stageTwoTarget;
            allowed &= stageTwoPermissions;
        }
        if (target < 0 || target >= physicalLimit) {
            cause = access.accessFault();
            return false;
        }
        physical = target;
        permissions = allowed;
        return true;
    }

    /** What the first stage gives, or -1 with {@link #cause}; leaves the leaf's rights in {@link #permissions}. */
    private long firstStage(long address, Access access, int privilege, long satp, long status) {
        int levels = (int) (satp >>> MODE_SHIFT) - MODE_SV39 + 3;
        int unused = 64 - (12 + 9 * levels);
        if (levels < 3 || levels > MODE_SV57 - MODE_SV39 + 3 || address << unused >> unused != address) {
            return fail(access.pageFault());
        }
        long table = (satp & ROOT_MASK) << 12;
        for (int level = levels - 1; level >= 0; level--) {
            long at = table + ((address >>> 12 + 9 * level & 0x1ff) << 3);
            long memory = entryAddress(at, access, Access.LOAD, IMPLICIT_READ);
            PhysicalMemory block = memory == -1 ? null : tableAt(memory, access);
            if (block == null) {
                return -1;
            }
            long entry = block.read(memory, 8);
            if (!PageEntry.isDefined(entry)) {
                return fail(access.pageFault());
            }
            if (PageEntry.isLeaf(entry)) {
                int rights = firstStageRights(entry, access, privilege, status);
                long target = PageEntry.target(entry, level, address);
                if ((rights & access.permission()) == 0 || target == -1) {
                    return fail(access.pageFault());
                }
                return markedFirstStage(entry, at, memory, access) ? finish(entry, rights, access, target) : -1;
            }
            table = PageEntry.table(entry);
        }
        return fail(access.pageFault());
    }

    private long finish(long entry, int rights, Access access, long target) {
        boolean dirty = (entry & PageEntry.DIRTY) != 0 || access == Access.STORE;
        permissions = dirty ? rights : rights & ~Access.Permission.WRITE;
        return target;
    }

    private int firstStageRights(long entry, Access access, int privilege, long status) {
        boolean user = (entry & PageEntry.USER) != 0;
        int rights = PageEntry.permissions(entry, secondStageReadsExecutable || (status & MXR) != 0);
        if (privilege == USER_MODE) {
            return user ? rights : 0;
        }
        if (!user) {
            return rights;
        }
        if ((status & SUM) == 0) {
            return 0;
        }
        // SUM is for loads and stores; HLVX is a load, although it needs the permission to execute.
        return access == Access.LOAD_EXECUTABLE ? rights : rights & ~Access.Permission.EXECUTE;
    }

    /** Sets a first-stage leaf's accessed and dirty bits; false when the second stage forbids that. */
    private boolean markedFirstStage(long entry, long at, long memory, Access access) {
        long marked = marked(entry, access);
        if (marked != entry) {
            if (entryAddress(at, access, Access.STORE, IMPLICIT_WRITE) == -1) {
                return false;
            }
            bus.write(-1, memory, 8, marked);
        }
        return true;
    }

    private static long marked(long entry, Access access) {
        return entry | PageEntry.ACCESSED | (access == Access.STORE ? PageEntry.DIRTY : 0);
    }

    /** Where a first-stage entry is in memory, or -1 when the second stage refuses the walker's own access. */
    private long entryAddress(long at, Access original, Access own, int pseudoInstruction) {
        if (hgatp >>> MODE_SHIFT == 0) {
            return at;
        }
        return secondStage(at, own, original, pseudoInstruction) ? stageTwoTarget : -1;
    }

    private boolean secondStage(long address, Access access, Access original, int pseudoInstruction) {
        int levels = (int) (hgatp >>> MODE_SHIFT) - MODE_SV39 + 3;
        int top = levels - 1;
        if (address >>> 12 + 9 * levels + 2 != 0) {
            return refuse(address, original, pseudoInstruction);
        }
        long table = (hgatp & ROOT_MASK) << 12;
        for (int level = top; level >= 0; level--) {
            // The root is four times as large as the others: two more bits of index.
            long index = address >>> 12 + 9 * level & (level == top ? 0x7ff : 0x1ff);
            long memory = table + (index << 3);
            PhysicalMemory block = tableAt(memory, original);
            if (block == null) {
                return false;
            }
            long entry = block.read(memory, 8);
            if (!PageEntry.isDefined(entry)) {
                return refuse(address, original, pseudoInstruction);
            }
            if (PageEntry.isLeaf(entry)) {
                boolean explicit = pseudoInstruction == 0;
                int rights = PageEntry.permissions(entry, explicit && secondStageReadsExecutable);
                long target = PageEntry.target(entry, level, address);
                boolean allowed = (entry & PageEntry.USER) != 0 && (rights & access.permission()) != 0 && target != -1;
                if (!allowed) {
                    return refuse(address, original, pseudoInstruction);
                }
                long marked = marked(entry, access);
                if (marked != entry) {
                    bus.write(-1, memory, 8, marked);
                }
                stageTwoTarget = target;
                stageTwoPermissions = (marked & PageEntry.DIRTY) != 0 ? rights : rights & ~Access.Permission.WRITE;
                return true;
            }
            table = PageEntry.table(entry);
        }
        return refuse(address, original, pseudoInstruction);
    }

    private @Nullable PhysicalMemory tableAt(long memory, Access access) {
        PhysicalMemory block = bus.ramAt(memory, 8);
        if (block == null) {
            cause = access.accessFault();
        }
        return block;
    }

    private long fail(int newCause) {
        cause = newCause;
        return -1;
    }

    private boolean refuse(long address, Access original, int pseudoInstruction) {
        cause = original.guestPageFault();
        guestPhysical = address;
        implicitInstruction = pseudoInstruction;
        return false;
    }

    /** The physical address of an allowed access. */
    public long physical() {
        return physical;
    }

    /** What the page allows, out of {@link Access.Permission}; without WRITE until a store has made it dirty. */
    public int permissions() {
        return permissions;
    }

    /** The exception of a refused access. */
    public int cause() {
        return cause;
    }

    /** Of a guest page fault: the guest physical address that was refused; 0 for other causes. */
    public long guestPhysical() {
        return guestPhysical;
    }

    /** Of a guest page fault in the walk itself: {@link #IMPLICIT_READ} or {@link #IMPLICIT_WRITE}; 0 otherwise. */
    public int implicitInstruction() {
        return implicitInstruction;
    }
}
