package org.shyperlab.emulator.machine;

import org.shyperlab.emulator.core.CostTable;

/**
 * What a machine is made of besides its devices.
 *
 * @param name the board's name
 * @param cores number of cores, 1 to 8
 * @param coreHertz core clock: one instruction is one cycle
 * @param counterHertz frequency of the system counter (CNTFRQ_EL0)
 * @param quantumCycles how long one core runs before the next has its turn; the cores' clocks differ by at most this much
 * @param costs prices of events beyond instructions
 */
public record MachineSpec(
        String name, int cores, long coreHertz, long counterHertz, long quantumCycles, CostTable costs) {
    /** Checks the ranges. */
    public MachineSpec {
        if (cores < 1 || cores > 8) {
            throw new IllegalArgumentException(name + ": a machine has 1 to 8 cores, not " + cores);
        }
        if (quantumCycles < 100) {
            throw new IllegalArgumentException(name + ": the quantum is at least 100 cycles, not " + quantumCycles);
        }
    }
}
