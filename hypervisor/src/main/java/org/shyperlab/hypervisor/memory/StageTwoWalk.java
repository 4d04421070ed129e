package org.shyperlab.hypervisor.memory;

import java.util.List;

/**
 * How one intermediate physical address was looked up.
 *
 * @param ipa the address
 * @param steps the descriptors read, first level first; empty when the address has more bits than the table translates
 * @param physical the physical address, or {@link StageTwo#UNMAPPED}
 */
public record StageTwoWalk(long ipa, List<Step> steps, long physical) {
    /**
     * One descriptor.
     *
     * @param level as the architecture numbers it: 1 to 3 on AArch64, 2 to 0 on RISC-V
     * @param address physical address of the descriptor
     * @param descriptor its value
     */
    public record Step(int level, long address, long descriptor) {}
}
