package org.shyperlab.hypervisor;

import java.util.List;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/**
 * What the hypervisor knows of a RISC-V board.
 *
 * @param plic the interrupt controller
 * @param hypervisorMemory RAM for the hypervisor's own tables
 * @param vmMemory RAM that VMs get
 */
public record RiscvPlatform(Plic plic, MemoryRegion hypervisorMemory, List<MemoryRegion> vmMemory) {
    /** Copies the list. */
    public RiscvPlatform {
        vmMemory = List.copyOf(vmMemory);
    }

    /**
     * A PLIC with one context for M and one for S of each hart.
     *
     * @param base physical address of its registers
     * @param sources number of sources
     * @param priorityBits bits of a priority
     */
    public record Plic(long base, int sources, int priorityBits) {}
}
