package org.shyperlab.hypervisor.interrupt.riscv64;

import org.shyperlab.emulator.memory.AddressSpace;

/**
 * The board's PLIC in the hypervisor's hands. Sources are enabled one by one, for the VMs that own them; thresholds stay at 0, since
 * the guests' thresholds hold at their virtual PLICs.
 */
public final class PhysicalPlic {
    private final AddressSpace bus;
    private final long base;
    private final int sources;

    /**
     * The PLIC at physical address {@code base}.
     *
     * @param sources number of its sources, which are numbered from 1
     */
    public PhysicalPlic(AddressSpace bus, long base, int sources) {
        this.bus = bus;
        this.base = base;
        this.sources = sources;
    }

    /** Number of sources. */
    public int sources() {
        return sources;
    }

    /** Makes a hart's context ready: no source enabled, no threshold. */
    public void initialise(int hart) {
        int context = PlicMap.supervisorContext(hart);
        for (int word = 0; word <= sources >>> 5; word++) {
            write(hart, PlicMap.enable(context, word * 32), 0);
        }
        write(hart, PlicMap.claim(context) - PlicMap.CLAIM, 0);
    }

    /** Takes the interrupt that is most urgent at a hart; 0 when there is none. */
    public int claim(int hart) {
        return (int) bus.read(hart, base + PlicMap.claim(PlicMap.supervisorContext(hart)), 4);
    }

    /**
     * Completes an interrupt that {@link #claim} took at {@code hart}. A PLIC ignores completions of sources that are not enabled
     * (PLIC 1.0, "Interrupt Completion"), so one that the guest has disabled meanwhile is enabled for a moment.
     */
    public void complete(int hart, int source) {
        boolean enabled = isEnabled(hart, source);
        if (!enabled) {
            enable(hart, source, true);
        }
        write(hart, PlicMap.claim(PlicMap.supervisorContext(hart)), source);
        if (!enabled) {
            enable(hart, source, false);
        }
    }

    private boolean isEnabled(int hart, int source) {
        long word = bus.read(hart, base + PlicMap.enable(PlicMap.supervisorContext(hart), source), 4);
        return (word >>> (source & 31) & 1) != 0;
    }

    /** Sets a source's priority; 0 is never. */
    public void priority(int hart, int source, int value) {
        write(hart, source * 4L, value);
    }

    /** Enables or disables a source at a hart. */
    public void enable(int hart, int source, boolean on) {
        long register = PlicMap.enable(PlicMap.supervisorContext(hart), source);
        long bit = 1L << (source & 31);
        long old = bus.read(hart, base + register, 4);
        long wanted = on ? old | bit : old & ~bit;
        if (wanted != old) {
            write(hart, register, wanted);
        }
    }

    private void write(int hart, long offset, long value) {
        bus.write(hart, base + offset, 4, value & 0xffff_ffffL);
    }
}
