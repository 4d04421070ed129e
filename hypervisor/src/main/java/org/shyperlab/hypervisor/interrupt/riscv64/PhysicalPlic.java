package org.shyperlab.hypervisor.interrupt.riscv64;

import org.shyperlab.emulator.memory.AddressSpace;

/**
 * The board's PLIC in the hypervisor's hands. Sources are enabled one by one, for the VMs that own them; thresholds stay at 0, since
 * the guests' thresholds hold at their virtual PLICs.
 */
public final class PhysicalPlic extends PhysicalController {

    /**
     * The PLIC at physical address {@code base}.
     *
     * @param sources number of its sources, which are numbered from 1
     */
    public PhysicalPlic(AddressSpace bus, long base, int sources) {
        super(bus, base, sources);
    }

    /** Makes a hart's context ready: no source enabled, no threshold. */
    public void initialise(int hart) {
        int context = PlicMap.supervisorContext(hart);
        for (int word = 0; word <= sources() >>> 5; word++) {
            write(hart, PlicMap.enable(context, word * 32), 0);
        }
        write(hart, PlicMap.claim(context) - PlicMap.CLAIM, 0);
    }

    /** Takes the interrupt that is most urgent at a hart; 0 when there is none. */
    public int claim(int hart) {
        return read(hart, PlicMap.claim(PlicMap.supervisorContext(hart)));
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
        int word = read(hart, PlicMap.enable(PlicMap.supervisorContext(hart), source));
        return (word >>> (source & 31) & 1) != 0;
    }

    /** Sets a source's priority; 0 is never. */
    public void priority(int hart, int source, int value) {
        write(hart, source * 4L, value);
    }

    /** Enables or disables a source at a hart. */
    public void enable(int hart, int source, boolean on) {
        long register = PlicMap.enable(PlicMap.supervisorContext(hart), source);
        int bit = 1 << (source & 31);
        int old = read(hart, register);
        int wanted = on ? old | bit : old & ~bit;
        if (wanted != old) {
            write(hart, register, wanted);
        }
    }
}
