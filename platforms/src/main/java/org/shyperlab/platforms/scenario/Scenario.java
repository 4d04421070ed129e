package org.shyperlab.platforms.scenario;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmConfigReader;
import org.shyperlab.platforms.board.Board;

/**
 * A board and what runs on it.
 *
 * @param name name on the command line, or the file's name
 * @param description one line for people
 * @param board the board
 * @param cores how many cores the board has
 * @param memory RAM in bytes when a system runs natively
 * @param guest what boots when no hypervisor does
 * @param mostVms how many VMs there may be, those included that start later
 * @param vms the VM configurations, VM 0 first; empty when the scenario has no hypervisor
 * @param folder what stands in VM 0's {@code /root} when its shipped Linux is up
 * @param disks what VMs' virtio disks hold
 * @param walkthrough what happens when nobody types; empty when VMs end as soon as they are up
 * @param limitNanos virtual time after which the walk-through has failed; Long.MAX_VALUE for never
 * @param network captures and the uplink
 * @param files where relative file names start
 * @param places where the keys stand in the scenario's file
 */
public record Scenario(
        String name,
        String description,
        Board board,
        int cores,
        long memory,
        Guest guest,
        int mostVms,
        List<VmFile> vms,
        List<FolderFile> folder,
        List<VmDisk> disks,
        List<Step> walkthrough,
        long limitNanos,
        NetworkPlan network,
        ScenarioFiles files,
        Places places) {
    /** Copies the lists. */
    public Scenario {
        vms = List.copyOf(vms);
        folder = List.copyOf(folder);
        disks = List.copyOf(disks);
        walkthrough = List.copyOf(walkthrough);
    }

    /**
     * A system that runs on the bare board.
     *
     * @param kernel name of the kernel ({@link ScenarioFiles#SHIPPED}NAME or a file)
     * @param initrd name of the initial RAM disk, or null
     * @param append the kernel's command line
     * @param modules kernel modules that the shipped Linux loads beyond those of its devices
     */
    public record Guest(String kernel, @Nullable String initrd, String append, List<String> modules) {
        /** Copies the list. */
        public Guest {
            modules = List.copyOf(modules);
        }
    }

    /**
     * A VM configuration in Rust-Shyper's format, not read yet.
     *
     * @param name its file name, for messages
     * @param json its text
     * @param change in what the VM differs from it
     */
    public record VmFile(String name, String json, VmChange change) {
        /** The VM's name; null when the configuration has mistakes. */
        public @Nullable String vmName() {
            VmConfig config = VmConfigReader.read(name, json).config();
            if (config == null) {
                return null;
            }
            return change.name() == null ? config.name() : change.name();
        }
    }

    /**
     * A file of the management VM: a text, or the configuration of a VM that it is to start.
     *
     * @param name the file's name, without a folder
     * @param text what is in it; null for a VM
     * @param vm the configuration, whose images stand beside it; null for a text
     * @param modules kernel modules that the VM's shipped Linux loads beyond those of its devices
     */
    public record FolderFile(
            String name, @Nullable String text, @Nullable VmFile vm, List<String> modules) {
        /** Copies the list. */
        public FolderFile {
            modules = List.copyOf(modules);
        }

        /** The name of the VM that it configures, which a text may do too; null when it does not. */
        public @Nullable String vmName() {
            return (vm == null ? new VmFile(name, text == null ? "" : text, VmChange.NONE) : vm).vmName();
        }
    }

    /**
     * What a virtio disk of a VM holds; a VM's first entry is for its first disk.
     *
     * @param vm the VM's name
     * @param file a raw image beside the scenario, or null
     * @param overlay where what the guest writes goes instead, or null
     * @param memory size in bytes of a disk in memory, which is zero at first; when there is no file
     * @param readOnly whether the VM cannot write; of a file without an overlay
     */
    public record VmDisk(
            String vm, @Nullable String file, @Nullable String overlay, long memory, boolean readOnly) {}

    /**
     * A VM's part in the walk-through.
     *
     * @param vm the VM's name
     * @param run shell commands that its shipped Linux runs before it powers off; null when it runs something else
     * @param expect texts that the VM's console must show, in any order
     */
    public record Step(String vm, @Nullable String run, List<String> expect) {
        /** Copies the list. */
        public Step {
            expect = List.copyOf(expect);
        }
    }

    /** Whether this is the name of a VM that the management VM is to make. */
    public boolean makesLater(String vm) {
        return folder.stream().anyMatch(file -> vm.equals(file.vmName()));
    }

    /** The VM's part in the walk-through, or null. */
    public @Nullable Step step(String vm) {
        return walkthrough.stream()
                .filter(step -> step.vm().equals(vm))
                .findFirst()
                .orElse(null);
    }
}
