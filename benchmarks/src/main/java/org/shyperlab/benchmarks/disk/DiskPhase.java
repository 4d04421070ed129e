package org.shyperlab.benchmarks.disk;

import java.util.Map;
import org.shyperlab.emulator.core.TrapKind;

/**
 * One sequential pass over a disk and what it cost.
 *
 * @param disk which disk
 * @param operation {@code write} or {@code read}
 * @param recordBytes bytes of each of the program's calls
 * @param requests virtio requests, as the guest's kernel counts them
 * @param guest the guest VM's side
 * @param management the management VM's side
 * @param virtualSeconds virtual time
 * @param hostSeconds host CPU time of the machine's thread
 */
public record DiskPhase(
        String disk,
        String operation,
        int recordBytes,
        long requests,
        Side guest,
        Side management,
        double virtualSeconds,
        double hostSeconds) {
    /**
     * What one VM did.
     *
     * @param traps its traps by kind, those of the marks around the pass taken off
     * @param injected interrupts injected into it
     */
    public record Side(Map<TrapKind, Long> traps, long injected) {
        /** Copies the map. */
        public Side {
            traps = Map.copyOf(traps);
        }

        /** All its traps. */
        public long all() {
            return traps.values().stream().mapToLong(Long::longValue).sum();
        }
    }
}
