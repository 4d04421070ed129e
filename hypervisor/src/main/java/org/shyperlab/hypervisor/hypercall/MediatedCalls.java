package org.shyperlab.hypervisor.hypercall;

import java.util.Map;
import java.util.TreeMap;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.hypervisor.mediated.MediatedDisks;

/** MEDIATED: the side of the management VM's daemon, ours, or Rust-Shyper's with its kernel module. */
final class MediatedCalls {
    private static final long OK = 0;

    private final VmManager manager;
    private final MediatedDisks disks;
    private final Refusals refusals;
    /** By number: what Rust-Shyper's module has of the disks that it offered. */
    private final Map<Integer, MediatedBlock> blocks = new TreeMap<>();

    MediatedCalls(VmManager manager, MediatedDisks disks, Refusals refusals) {
        this.manager = manager;
        this.disks = disks;
        this.refusals = refusals;
    }

    long call(int caller, Hypercall call, long[] arguments) {
        return switch (call) {
            case DEV_APPEND ->
                arguments[2] == 0
                        ? appendBlock(caller, call, arguments[1])
                        : append(caller, call, arguments[1], (int) arguments[2], arguments[3]);
            case DEV_NOTIFY ->
                disks.done(number(arguments[0]), arguments[1] == 0)
                        ? OK
                        : refusals.refuse(
                                caller, call, HypercallError.WRONG_STATE, "disk 0x%x has no request", arguments[0]);
            default -> HypercallError.UNKNOWN_CALL.code();
        };
    }

    /** The daemon begins anew, or is gone. */
    void restart() {
        blocks.clear();
        disks.restart();
    }

    /** The daemon has a request of this disk. */
    void requested(int disk, int type, long sector, long count) {
        MediatedBlock block = blocks.get(disk);
        if (block != null) {
            block.request(type, sector, count);
        }
    }

    /** The number of a disk, which Rust-Shyper's module names by the address of its description. */
    private long number(long told) {
        if (blocks.isEmpty()) {
            return told; // the usual case, on the path of every request
        }
        for (Map.Entry<Integer, MediatedBlock> block : blocks.entrySet()) {
            if (block.getValue().ipa() == told) {
                return block.getKey();
            }
        }
        return told;
    }

    private long append(int caller, Hypercall call, long buffer, int size, long sectors) {
        if (size < BlockStore.SECTOR_BYTES || size % BlockStore.SECTOR_BYTES != 0 || sectors == 0) {
            return refusals.refuse(
                    caller,
                    call,
                    HypercallError.BAD_ARGUMENT,
                    "a buffer of %d bytes for %d sectors: it has whole sectors, and the disk has at least one",
                    size,
                    sectors);
        }
        int number = disks.append(manager.memory(caller), new MediatedDisks.Offer(buffer, size, sectors, true));
        return number >= 0 ? number : used(caller, call);
    }

    private long used(int caller, Hypercall call) {
        return refusals.refuse(
                caller,
                call,
                HypercallError.WRONG_STATE,
                "a VM uses the disk, which had another size or a larger buffer before");
    }

    private long appendBlock(int caller, Hypercall call, long ipa) {
        MediatedBlock block = new MediatedBlock(manager.memory(caller), ipa);
        if ((ipa & Long.BYTES - 1) != 0 || !block.memory().isRam(ipa, MediatedBlock.BYTES)) {
            return refusals.refuse(
                    caller,
                    call,
                    HypercallError.BAD_ARGUMENT,
                    "0x%x: without a size in x2, x1 is the address of a disk's description of %d bytes, as in Rust-Shyper",
                    ipa,
                    MediatedBlock.BYTES);
        }
        long sectors = block.sectors();
        long buffer = block.buffer();
        long size = Math.min(block.bufferBytes(), Argument.MEDIATED_CACHE) / BlockStore.SECTOR_BYTES;
        size = Math.min(size, block.mostSectors()) * BlockStore.SECTOR_BYTES;
        if (size <= 0
                || sectors <= 0
                || sectors > Argument.MOST_SECTORS
                || !block.memory().isRam(buffer, size)) {
            return refusals.refuse(
                    caller,
                    call,
                    HypercallError.BAD_ARGUMENT,
                    "the description at 0x%x has %d sectors and a buffer of %d bytes at 0x%x, which is to be RAM of VM %d",
                    ipa,
                    sectors,
                    size,
                    buffer,
                    caller);
        }
        // A disk that is offered again may have a request at once, which is to appear here.
        int number = disks.offered();
        block.begin();
        blocks.put(number, block);
        // The original's daemon knows reading and writing alone.
        if (disks.append(block.memory(), new MediatedDisks.Offer(buffer, (int) size, sectors, false)) < 0) {
            blocks.remove(number);
            return used(caller, call);
        }
        return OK;
    }
}
