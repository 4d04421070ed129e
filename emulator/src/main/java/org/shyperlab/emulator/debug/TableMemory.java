package org.shyperlab.emulator.debug;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

/** Reads descriptors from RAM, and only from RAM, and keeps the record of one walk. For the architectures' walkers. */
public final class TableMemory {
    private final AddressSpace memory;
    private final List<PageWalk.Step> steps = new ArrayList<>();

    TableMemory(AddressSpace memory) {
        this.memory = memory;
    }

    /** The RAM block that holds a descriptor, or null: then reading it would be a side effect or an external abort. */
    public @Nullable PhysicalMemory ramAt(long address) {
        return memory.ramAt(address, Long.BYTES);
    }

    /** What answers at a physical address, in words. */
    public String placeOf(long address) {
        PhysicalMemory ram = memory.ramAt(address, 1);
        if (ram != null) {
            return ram.name();
        }
        AddressSpace.Window window = memory.windowAt(address);
        return window == null ? "nothing" : window.device().name();
    }

    /** Takes down what was read. */
    public void add(PageWalk.Step step) {
        steps.add(step);
    }

    List<PageWalk.Step> steps() {
        return List.copyOf(steps);
    }
}
