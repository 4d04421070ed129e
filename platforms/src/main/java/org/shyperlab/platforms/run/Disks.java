package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.emulator.device.storage.StorageException;
import org.shyperlab.emulator.device.virtio.VirtioBlock;
import org.shyperlab.emulator.device.virtio.VirtioSlots;
import org.shyperlab.platforms.board.Platform;
import org.shyperlab.platforms.input.InputException;

/** The disks of a run: open stores, plugged into the board's virtio slots. */
final class Disks implements AutoCloseable {
    private final List<BlockStore> stores = new ArrayList<>();

    private Disks() {}

    /**
     * Opens the disks and plugs them in, the first into slot 0.
     *
     * @param problems told what the host fails at later
     */
    static Disks plug(List<Disk> wanted, Platform platform, Consumer<String> problems) {
        VirtioSlots slots = platform.virtio();
        int room = slots == null ? 0 : slots.count();
        if (wanted.size() > room) {
            throw new InputException("--disk: board %s has %d virtio slots, and %d disks are wanted."
                    .formatted(platform.board().name(), room, wanted.size()));
        }
        Disks disks = new Disks();
        try {
            for (int n = 0; n < wanted.size() && slots != null; n++) {
                BlockStore store = wanted.get(n).open(problems);
                disks.stores.add(store);
                slots.plug(n, new VirtioBlock("disk" + n, "shyper-disk" + n, store));
            }
            return disks;
        } catch (StorageException error) {
            disks.close();
            throw new InputException("--disk: " + error.getMessage());
        }
    }

    /** Writes out what was not flushed, and closes the files. */
    @Override
    public void close() {
        stores.forEach(BlockStore::close);
    }
}
