package org.shyperlab.hypervisor.hypercall;

import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.hypervisor.mediated.MediatedDisks;

/** MEDIATED: the side of the management VM's daemon. */
final class MediatedCalls {
    private static final long OK = 0;

    private final VmManager manager;
    private final MediatedDisks disks;
    private final Refusals refusals;

    MediatedCalls(VmManager manager, MediatedDisks disks, Refusals refusals) {
        this.manager = manager;
        this.disks = disks;
        this.refusals = refusals;
    }

    long call(int caller, Hypercall call, long[] arguments) {
        return switch (call) {
            case DEV_APPEND -> append(caller, call, arguments[1], (int) arguments[2], arguments[3]);
            case DEV_NOTIFY ->
                disks.done(arguments[0], arguments[1] == 0)
                        ? OK
                        : refusals.refuse(
                                caller, call, HypercallError.WRONG_STATE, "disk %d has no request", arguments[0]);
            default -> HypercallError.UNKNOWN_CALL.code();
        };
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
        int number = disks.append(manager.memory(caller), buffer, size, sectors);
        return number >= 0
                ? number
                : refusals.refuse(
                        caller,
                        call,
                        HypercallError.WRONG_STATE,
                        "a VM uses the disk, which had another size or a larger buffer before");
    }
}
