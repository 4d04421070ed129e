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
 * @param unattended whether nobody types and the run is to come to its own end: a walk-through runs, and shipped Linux guests without
 *     commands power off when they are up, instead of waiting at a shell
 * @param until text on a guest's console that ends the run, or null
 * @param limitNanos virtual time after which the run ends; Long.MAX_VALUE for never
 * @param trace file for the trap trace, or null
 * @param disks disks in the board's virtio slots, from the first slot on
 * @param modules kernel modules that shipped Linux guests load when they start, by name
 * @param network captures and the uplink, beside the scenario's
 * @param pace whether virtual time may run ahead of the host's clock
 * @param onReset what happens when the guest resets the board; null for RESTART while somebody may type or give orders, else END
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
        Pace pace,
        @Nullable OnReset onReset) {
    /** How virtual time relates to the host's clock. */
    public enum Pace {
        /** As fast as the host can, skipping idle time. */
        FAST,
        /** Never ahead of the host's clock. */
        REAL
    }

    /** What happens when the guest resets the board. */
    public enum OnReset {
        /** The run ends, without success. */
        END,
        /** The board starts again, as boards do. */
        RESTART
    }

    /** Whether something is wanted that only the shipped Linux guest's initial RAM disk does. */
    boolean wantsShippedLinux() {
        return commands != null || !modules.isEmpty();
    }

    /** The scenario as it is, to its end. */
    public static RunOptions plain(boolean bare) {
        return new Builder(bare).build();
    }

    /** Options that differ from {@link #plain} where something is set. */
    public static final class Builder {
        private final boolean bare;
        private @Nullable Integer cores;
        private @Nullable Long memory;
        private @Nullable String kernel;
        private @Nullable String initrd;
        private @Nullable String append;
        private @Nullable String commands;
        private boolean unattended;
        private @Nullable String until;
        private long limitNanos = Long.MAX_VALUE;
        private @Nullable Path trace;
        private List<Disk> disks = List.of();
        private List<String> modules = List.of();
        private NetworkPlan network = NetworkPlan.NONE;
        private Pace pace = Pace.FAST;
        private @Nullable OnReset onReset;

        /** The scenario as it is. */
        public Builder(boolean bare) {
            this.bare = bare;
        }

        /** See {@link RunOptions#cores}. */
        public Builder cores(@Nullable Integer value) {
            cores = value;
            return this;
        }

        /** See {@link RunOptions#memory}. */
        public Builder memory(@Nullable Long value) {
            memory = value;
            return this;
        }

        /** See {@link RunOptions#kernel}. */
        public Builder kernel(@Nullable String value) {
            kernel = value;
            return this;
        }

        /** See {@link RunOptions#initrd}. */
        public Builder initrd(@Nullable String value) {
            initrd = value;
            return this;
        }

        /** See {@link RunOptions#append}. */
        public Builder append(@Nullable String value) {
            append = value;
            return this;
        }

        /** See {@link RunOptions#commands}. */
        public Builder commands(@Nullable String value) {
            commands = value;
            return this;
        }

        /** See {@link RunOptions#unattended}. */
        public Builder unattended(boolean value) {
            unattended = value;
            return this;
        }

        /** See {@link RunOptions#until}. */
        public Builder until(@Nullable String value) {
            until = value;
            return this;
        }

        /** See {@link RunOptions#limitNanos}. */
        public Builder limitNanos(long value) {
            limitNanos = value;
            return this;
        }

        /** See {@link RunOptions#trace}. */
        public Builder trace(@Nullable Path value) {
            trace = value;
            return this;
        }

        /** See {@link RunOptions#disks}. */
        public Builder disks(List<Disk> value) {
            disks = value;
            return this;
        }

        /** See {@link RunOptions#modules}. */
        public Builder modules(List<String> value) {
            modules = value;
            return this;
        }

        /** See {@link RunOptions#network}. */
        public Builder network(NetworkPlan value) {
            network = value;
            return this;
        }

        /** See {@link RunOptions#pace}. */
        public Builder pace(Pace value) {
            pace = value;
            return this;
        }

        /** See {@link RunOptions#onReset}. */
        public Builder onReset(@Nullable OnReset value) {
            onReset = value;
            return this;
        }

        /** The options. */
        public RunOptions build() {
            return new RunOptions(
                    bare,
                    cores,
                    memory,
                    kernel,
                    initrd,
                    append,
                    commands,
                    unattended,
                    until,
                    limitNanos,
                    trace,
                    disks,
                    modules,
                    network,
                    pace,
                    onReset);
        }
    }
}
