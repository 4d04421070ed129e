package org.shyperlab.platforms.run;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.scenario.NetworkPlan;

/**
 * What the user changes about a scenario and wants to know of its run.
 *
 * @param bare without a hypervisor
 * @param cores number of cores, or null for the scenario's
 * @param memory the guest's RAM in bytes, or null for the scenario's
 * @param kernel kernel file, or null
 * @param initrd initial RAM disk file, or null
 * @param append the kernel's whole command line, or null
 * @param commands shell commands that the shipped Linux guest runs before it powers off, or null
 * @param unattended whether nobody types and no limit ends the run: shipped Linux guests without commands then power off when they
 *     are up, instead of waiting at a shell
 * @param until text on a guest's console that ends the run, or null
 * @param limitNanos virtual time after which the run ends; Long.MAX_VALUE for never
 * @param trace file for the trap trace, or null
 * @param disks disks in the board's virtio slots, from the first slot on
 * @param modules kernel modules that shipped Linux guests load when they start, by name
 * @param network captures and the uplink, beside the scenario's
 * @param pace whether virtual time may run ahead of the host's clock
 */
public record RunOptions(
        boolean bare,
        @Nullable Integer cores,
        @Nullable Long memory,
        @Nullable String kernel,
        @Nullable String initrd,
        @Nullable String append,
        @Nullable String commands,
        boolean unattended,
        @Nullable String until,
        long limitNanos,
        @Nullable Path trace,
        List<Disk> disks,
        List<String> modules,
        NetworkPlan network,
        Pace pace) {
    /** How virtual time relates to the host's clock. */
    public enum Pace {
        /** As fast as the host can, skipping idle time. */
        FAST,
        /** Never ahead of the host's clock. */
        REAL
    }

    /** The scenario as it is, to its end. */
    public static RunOptions plain(boolean bare) {
        return new RunOptions(
                bare,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                Long.MAX_VALUE,
                null,
                List.of(),
                List.of(),
                NetworkPlan.NONE,
                Pace.FAST);
    }
}
