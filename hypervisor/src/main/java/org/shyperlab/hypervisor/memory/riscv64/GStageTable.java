package org.shyperlab.hypervisor.memory.riscv64;

import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.memory.PagePool;
import org.shyperlab.hypervisor.memory.StageTwo;

/**
 * The G-stage translation table of one VM: Sv39x4, 41 bits of guest physical address, a root of 16 KiB (Privileged ISA,
 * "Guest physical address translation"). Leaves have A and D set from the start, so that neither the hart nor a fault has to, and U,
 * because the G stage treats every access as one from U.
 */
public final class GStageTable extends StageTwo {
    /** Bits of a guest physical address. */
    public static final int ADDRESS_BITS = 41;

    private static final long MODE_SV39X4 = 8L << 60;
    private static final int VMID_SHIFT = 44;
    private static final int VMID_BITS = 14;

    private static final long VALID = 1;
    private static final long READ = 1 << 1;
    private static final long WRITE = 1 << 2;
    private static final long EXECUTE = 1 << 3;
    private static final long USER = 1 << 4;
    private static final long ACCESSED = 1 << 6;
    private static final long DIRTY = 1 << 7;
    private static final long DEVICE_BITS = VALID | READ | WRITE | USER | ACCESSED | DIRTY;
    private static final long RAM_BITS = DEVICE_BITS | EXECUTE;

    private static final int NUMBER_SHIFT = 10;
    private static final long NUMBER_MASK = (1L << 44) - 1;

    /** An empty table with pages from {@code pool}. */
    public GStageTable(AddressSpace bus, PagePool pool) {
        super(bus, pool, ADDRESS_BITS);
    }

    /**
     * hgatp that selects this table.
     *
     * @param vmid the VM's id in the hart's translation caches, 14 bits
     */
    public long controlRegister(int vmid) {
        if (vmid >>> VMID_BITS != 0) {
            throw new IllegalArgumentException("a VMID has 14 bits: " + vmid);
        }
        return MODE_SV39X4 | (long) vmid << VMID_SHIFT | root() >>> 12;
    }

    @Override
    protected long leaf(long physical, Attributes attributes, int level) {
        return pointer(physical) | (attributes == Attributes.NORMAL ? RAM_BITS : DEVICE_BITS);
    }

    @Override
    protected long pageOf(long block, int index) {
        return block + ((long) index << NUMBER_SHIFT);
    }

    @Override
    protected long pointer(long table) {
        return table >>> 12 << NUMBER_SHIFT | VALID;
    }

    @Override
    protected boolean isValid(long entry, int level) {
        return (entry & VALID) != 0;
    }

    @Override
    protected boolean isTable(long entry, int level) {
        return (entry & (READ | WRITE | EXECUTE)) == 0;
    }

    @Override
    protected long address(long entry) {
        return (entry >>> NUMBER_SHIFT & NUMBER_MASK) << 12;
    }

    /** 2 for the root, 0 for pages. */
    @Override
    protected int levelName(int level) {
        return LAST_LEVEL - level;
    }
}
