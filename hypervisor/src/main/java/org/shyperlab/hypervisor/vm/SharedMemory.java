package org.shyperlab.hypervisor.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.OutOfHypervisorMemory;
import org.shyperlab.hypervisor.memory.StageTwo;

/**
 * Memory that VMs share with each other. A piece lives as long as a VM has it mapped: a VM that stops takes nothing from under those
 * that run on.
 */
public final class SharedMemory {
    /** Where VMs see shared memory: Rust-Shyper's SHARE_MEM_BASE on QEMU's boards. */
    public static final long BASE = 0x7_0000_0000L;

    /** Most bytes of one piece, and the distance from one to the next. */
    public static final long MOST = 0x100_0000L;

    private static final int MOST_PIECES = 8;

    private static final class Piece {
        final MemoryRegion physical;

        @Nullable
        Vm owner;

        final Map<Vm, Long> mappings = new TreeMap<>((one, other) -> Integer.compare(one.id(), other.id()));

        Piece(MemoryRegion physical, Vm owner) {
            this.physical = physical;
            this.owner = owner;
        }
    }

    private final AddressSpace bus;
    private final VmRam ram;
    private final List<Piece> pieces = new ArrayList<>();

    /** Pieces come from {@code ram}. */
    SharedMemory(AddressSpace bus, VmRam ram) {
        this.bus = bus;
        this.ram = ram;
    }

    /** Maps {@code length} bytes of fresh, zeroed memory for its owner. Returns its IPA, or -1 when there is no room. */
    public long create(Vm owner, long length) {
        MemoryRegion physical = ram.takeAnywhere(length);
        if (physical == null) {
            return StageTwo.UNMAPPED;
        }
        bus.clearRam(physical.base(), physical.length());
        Piece piece = new Piece(physical, owner);
        long ipa = map(piece, owner);
        if (ipa == StageTwo.UNMAPPED) {
            ram.free(physical);
        } else {
            pieces.add(piece);
        }
        return ipa;
    }

    /** Maps the memory of {@code owner} for {@code user}, once. Returns its IPA there, or -1 when there is none or no room. */
    public long map(Vm owner, Vm user) {
        for (Piece piece : pieces) {
            if (piece.owner == owner) {
                Long there = piece.mappings.get(user);
                return there == null ? map(piece, user) : there;
            }
        }
        return StageTwo.UNMAPPED;
    }

    private static long map(Piece piece, Vm user) {
        for (int place = 0; place < MOST_PIECES; place++) {
            long ipa = BASE + place * MOST;
            if (isFree(user, new MemoryRegion(ipa, piece.physical.length()))) {
                return map(piece, user, ipa) ? ipa : StageTwo.UNMAPPED;
            }
        }
        return StageTwo.UNMAPPED;
    }

    /** False when the hypervisor has no page left for the table. */
    private static boolean map(Piece piece, Vm user, long ipa) {
        try {
            user.stageTwo().map(ipa, piece.physical.base(), piece.physical.length(), StageTwo.Attributes.NORMAL, false);
        } catch (OutOfHypervisorMemory full) {
            user.stageTwo().unmap(ipa, piece.physical.length());
            return false;
        }
        piece.mappings.put(user, ipa);
        return true;
    }

    private static boolean isFree(Vm vm, MemoryRegion region) {
        for (Vm.Window window : vm.windows()) {
            if (window.region().overlaps(region)) {
                return false;
            }
        }
        return !vm.stageTwo().isMapped(region);
    }

    /** The VM has stopped: it has no shared memory any more. The caller invalidates the translations. */
    void release(Vm vm) {
        for (Piece piece : List.copyOf(pieces)) {
            Long ipa = piece.mappings.remove(vm);
            if (ipa != null) {
                vm.stageTwo().unmap(ipa, piece.physical.length());
            }
            if (piece.owner == vm) {
                piece.owner = null;
            }
            if (piece.mappings.isEmpty()) {
                bus.clearRam(piece.physical.base(), piece.physical.length());
                ram.free(piece.physical);
                pieces.remove(piece);
            }
        }
    }
}
