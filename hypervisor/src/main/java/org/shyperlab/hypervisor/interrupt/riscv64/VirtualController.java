package org.shyperlab.hypervisor.interrupt.riscv64;

import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.hypervisor.device.EmulatedDevice;

/** The interrupt controller that a VM sees, whose sources are numbered from 1 as the board's are. */
public sealed interface VirtualController extends EmulatedDevice permits VirtualPlic, VirtualAplic {
    /**
     * Gives the VM a source of the board.
     *
     * @throws IllegalArgumentException when the board has no such source
     */
    void link(int source);

    /** The wire of an emulated device of the VM. */
    InterruptLine source(int source);
}
