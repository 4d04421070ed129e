package org.shyperlab.platforms.scenario;

import java.util.List;
import org.jspecify.annotations.Nullable;
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
 * @param vms the VM configurations, VM 0 first; empty when the scenario has no hypervisor
 * @param files where relative file names start
 */
public record Scenario(
        String name,
        String description,
        Board board,
        int cores,
        long memory,
        Guest guest,
        List<VmFile> vms,
        ScenarioFiles files) {
    /** Copies the list. */
    public Scenario {
        vms = List.copyOf(vms);
    }

    /**
     * A system that runs on the bare board.
     *
     * @param kernel name of the kernel ({@link ScenarioFiles#SHIPPED}NAME or a file)
     * @param initrd name of the initial RAM disk, or null
     * @param append the kernel's command line
     */
    public record Guest(String kernel, @Nullable String initrd, String append) {}

    /**
     * A VM configuration in Rust-Shyper's format, not read yet.
     *
     * @param name its file name, for messages
     * @param json its text
     */
    public record VmFile(String name, String json) {}
}
