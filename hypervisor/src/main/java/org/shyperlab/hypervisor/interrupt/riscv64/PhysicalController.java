package org.shyperlab.hypervisor.interrupt.riscv64;

import org.shyperlab.emulator.memory.AddressSpace;

/** An interrupt controller of the board in the hypervisor's hands: 32-bit registers on the bus. */
abstract class PhysicalController {
    private final AddressSpace bus;
    private final long base;
    private final int sources;

    /**
     * The controller at physical address {@code base}.
     *
     * @param sources number of its sources, which are numbered from 1
     */
    PhysicalController(AddressSpace bus, long base, int sources) {
        this.bus = bus;
        this.base = base;
        this.sources = sources;
    }

    /** Number of sources. */
    public final int sources() {
        return sources;
    }

    /** Reads a register as {@code hart}. */
    final int read(int hart, long offset) {
        return (int) bus.read(hart, base + offset, 4);
    }

    /** Writes a register as {@code hart}. */
    final void write(int hart, long offset, long value) {
        bus.write(hart, base + offset, 4, value & 0xffff_ffffL);
    }
}
