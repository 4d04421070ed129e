package org.shyperlab.platforms.run;

import java.util.List;
import java.util.Map;
import org.shyperlab.emulator.core.TrapKind;

/**
 * Figures of one run. Everything except {@code hostCpuSeconds} is the same for the same board, images and scenario.
 *
 * @param scenario the scenario's name
 * @param board the board's name
 * @param mode {@code native} or {@code hypervisor}
 * @param cores number of cores
 * @param outcome how the run ended
 * @param instructions instructions executed by all cores
 * @param virtualSeconds virtual time at the end
 * @param hostCpuSeconds processor time of the whole program, the JVM's start included
 * @param guests what ran
 * @param physicalInterrupts interrupts that cores took at the hypervisor's level
 * @param injectedInterrupts interrupts that were made pending for vCPUs
 * @param guestErrors mistakes of guests
 */
public record Statistics(
        String scenario,
        String board,
        String mode,
        int cores,
        String outcome,
        long instructions,
        double virtualSeconds,
        double hostCpuSeconds,
        List<Guest> guests,
        long physicalInterrupts,
        long injectedInterrupts,
        long guestErrors) {

    /**
     * One guest, or the hypervisor's own idle time, which has a trace and no console.
     *
     * @param label {@code native}, the VM's number, or {@code idle}
     * @param name the guest's name
     * @param consoleSha256 hash of all that it printed; empty when it has no console
     * @param traceSha256 hash of its traps and injected interrupts
     * @param vcpus its trap counts, vCPU 0 first
     */
    public record Guest(String label, String name, String consoleSha256, String traceSha256, List<Vcpu> vcpus) {}

    /** A vCPU's traps by kind; kinds that did not occur are left out. */
    public record Vcpu(Map<TrapKind, Traps> traps) {}

    /**
     * Traps of one kind.
     *
     * @param count how many
     * @param virtualSeconds virtual time charged while they were handled
     */
    public record Traps(long count, double virtualSeconds) {}
}
