package org.shyperlab.emulator.device.virtio;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.device.storage.BlockRequest;
import org.shyperlab.emulator.device.storage.BlockStore;

/** A store that does nothing by itself: the test lets one request after another go to the store behind, in any order, or fail. */
final class HeldStore implements BlockStore {
    final List<BlockRequest> held = new ArrayList<>();
    private final BlockStore behind;

    HeldStore(BlockStore behind) {
        this.behind = behind;
    }

    void release(int index) {
        behind.submit(held.remove(index));
    }

    void fail(int index) {
        held.remove(index).done(false);
    }

    @Override
    public long size() {
        return behind.size();
    }

    @Override
    public boolean isReadOnly() {
        return behind.isReadOnly();
    }

    @Override
    public void submit(BlockRequest request) {
        held.add(request);
    }

    @Override
    public void close() {
        behind.close();
    }
}
