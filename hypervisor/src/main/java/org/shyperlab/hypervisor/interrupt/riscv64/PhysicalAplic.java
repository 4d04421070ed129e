package org.shyperlab.hypervisor.interrupt.riscv64;

import org.shyperlab.emulator.memory.AddressSpace;

/**
 * The supervisor domain of the board's APLIC, through its registers. The hypervisor has it send messages, and sets sources up for the
 * VMs that own them; the messages go to the VMs' guest interrupt files, so the hypervisor never hears of them.
 */
public final class PhysicalAplic extends PhysicalController {

    /**
     * The domain at physical address {@code base}.
     *
     * @param sources number of its sources, which are numbered from 1
     */
    public PhysicalAplic(AddressSpace bus, long base, int sources) {
        super(bus, base, sources);
    }

    /** Makes the domain ready: it sends messages, and no source is active. */
    public void initialise(int hart) {
        write(hart, AplicMap.DOMAINCFG, 0);
        for (int source = 1; source <= sources(); source++) {
            configure(hart, source, 0);
        }
        write(hart, AplicMap.DOMAINCFG, AplicMap.DOMAINCFG_IE | AplicMap.DOMAINCFG_DM);
    }

    /** Sets a source's mode (sourcecfg). Writing the mode that it has already could make a level count twice, and is left out. */
    void configure(int hart, int source, int mode) {
        if (read(hart, AplicMap.sourceConfiguration(source)) != mode) {
            write(hart, AplicMap.sourceConfiguration(source), mode);
        }
    }

    /** Sets where a source's messages go. */
    void target(int hart, int source, int target) {
        write(hart, AplicMap.target(source), target);
    }

    /** Enables or disables a source. */
    void enable(int hart, int source, boolean on) {
        write(hart, (on ? AplicMap.SETIE : AplicMap.CLRIE) + AplicMap.NUMBER, source);
    }

    /** Reads word {@code word} of setip or in_clrip. */
    int bits(int hart, int array, int word) {
        return read(hart, array + 4 * word);
    }

    /** Writes word {@code word} of setip or in_clrip: every bit that is set acts on its source. */
    void act(int hart, int array, int word, int bits) {
        write(hart, array + 4 * word, bits);
    }
}
