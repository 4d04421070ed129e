package org.shyperlab.hypervisor.mediated;

import org.shyperlab.emulator.device.storage.BlockRequest;
import org.shyperlab.emulator.device.storage.BlockStore;

/** What one guest's disk holds: a part of a disk that the management VM serves. Its requests become tasks and are done later. */
public final class MediatedStore implements BlockStore {
    private final MediatedDisks disks;
    private final int vm;
    private final int disk;
    private final long start;
    private final long size;

    MediatedStore(MediatedDisks disks, int vm, int disk, long start, long size) {
        this.disks = disks;
        this.vm = vm;
        this.disk = disk;
        this.start = start;
        this.size = size;
    }

    /** The VM whose disk it is. */
    int vm() {
        return vm;
    }

    /** Number of the disk. */
    int disk() {
        return disk;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public void submit(BlockRequest request) {
        int piece = disks.bufferSize(disk);
        int length = request.operation() == BlockRequest.Operation.FLUSH
                ? 0
                : request.data().remaining();
        int from =
                length == 0 ? 0 : request.data().arrayOffset() + request.data().position();
        int done = 0;
        do {
            int part = Math.min(piece, length - done);
            disks.add(new MediatedTask(
                    this, request, from + done, start + request.offset() + done, part, done + part == length));
            done += part;
        } while (done < length);
        disks.execute();
    }

    /** The VM goes away: what it asked for is not done any more, and the disk is free for another one. */
    @Override
    public void close() {
        disks.release(this);
    }
}
