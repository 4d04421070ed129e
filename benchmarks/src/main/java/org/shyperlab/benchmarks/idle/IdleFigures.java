package org.shyperlab.benchmarks.idle;

import java.util.Arrays;

/**
 * What was seen of one process with idle VMs.
 *
 * @param vms how many
 * @param guestRam bytes of the board's RAM that the host backs
 * @param code bytes of translated code, which has a fixed limit for each core
 * @param other bytes resident beside both; the Java heap is in it whole, whatever it holds
 * @param heap bytes of Java objects that are alive
 * @param instructions executed by all cores while the VMs idled
 * @param interrupts taken by the hypervisor meanwhile
 * @param seconds virtual seconds of that
 * @param cpuMillis processor time of the process meanwhile
 */
record IdleFigures(
        long vms,
        long guestRam,
        long code,
        long other,
        long heap,
        long instructions,
        long interrupts,
        long seconds,
        long cpuMillis) {
    /** The figures as a line of text. */
    String line() {
        return "%d %d %d %d %d %d %d %d %d"
                .formatted(vms, guestRam, code, other, heap, instructions, interrupts, seconds, cpuMillis);
    }

    /** Reads what {@link #line} wrote. */
    static IdleFigures of(String line) {
        long[] n = Arrays.stream(line.strip().split(" ", -1))
                .mapToLong(Long::parseLong)
                .toArray();
        return new IdleFigures(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]);
    }

    /** Bytes that a VM takes beyond its RAM and translated code: what this process has more than {@code fewer}, for each further VM. */
    long bytesOfEach(IdleFigures fewer) {
        return (other + heap - fewer.other - fewer.heap) / (vms - fewer.vms);
    }
}
