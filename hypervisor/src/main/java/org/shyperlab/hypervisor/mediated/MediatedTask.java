package org.shyperlab.hypervisor.mediated;

import org.shyperlab.emulator.device.storage.BlockRequest;

/**
 * One piece of a guest's request, small enough for the disk's buffer.
 *
 * @param store whose request it is
 * @param request the request
 * @param from index of the piece's first byte in the request's array
 * @param offset first byte on the disk
 * @param length bytes; 0 for FLUSH
 * @param last whether the request is done with this piece
 */
record MediatedTask(MediatedStore store, BlockRequest request, int from, long offset, int length, boolean last) {
    int vm() {
        return store.vm();
    }
}
