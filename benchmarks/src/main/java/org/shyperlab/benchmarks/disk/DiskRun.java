package org.shyperlab.benchmarks.disk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.shyperlab.platforms.run.ConsoleOutput;
import org.shyperlab.platforms.run.ConsoleWatcher;
import org.shyperlab.platforms.run.Outcome;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunBuilder;
import org.shyperlab.platforms.run.RunOptions;
import org.shyperlab.platforms.run.RunningVms;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/**
 * One run of a management VM and a Linux guest that goes over its two disks.
 *
 * @param outcome how it ended
 * @param console what both VMs printed
 * @param phases the passes
 * @param checked what the guest said of the data that it read back, and at last the checksum of what its mediated disk holds
 */
public record DiskRun(Outcome outcome, String console, List<DiskPhase> phases, List<String> checked) {
    private static final int INDENT = 6;

    /** Copies the lists. */
    public DiskRun {
        phases = List.copyOf(phases);
        checked = List.copyOf(checked);
    }

    /** Whether it ended well, all {@code reads} gave what was written, and the served file holds what was written last. */
    public boolean isWell(int reads) {
        long same = checked.stream().filter(text -> text.startsWith("same ")).count();
        String last = checked.isEmpty() ? "" : checked.getLast();
        return outcome.exitCode() == Outcome.SUCCESS
                && same == reads
                && checked.size() == reads + 1
                && last.startsWith("last ")
                && console.contains("served: " + last.substring("last ".length()));
    }

    /**
     * Runs it.
     *
     * @param bytes how much each pass moves, a multiple of 1 MiB
     * @param records record sizes in bytes
     * @param directory for files of the run
     */
    public static DiskRun of(DiskBoard board, long bytes, List<Integer> records, Path directory) throws IOException {
        Files.writeString(directory.resolve("vm0.json"), board.managementVm());
        Files.writeString(directory.resolve("guest.json"), board.guestVm());
        Path file = Files.writeString(directory.resolve("disks.yaml"), """
                scenario: disks
                description: passes over a mediated disk and one of the hypervisor's own
                board: %s
                cores: 2
                memory: 1G
                guest:
                  kernel: shipped:linux
                  initrd: shipped:linux
                vms: [vm0.json]
                files:
                  - name: vm1.json
                    vm: guest.json
                  - name: mediated-cfg.json
                    text: '{"mediated": ["/root/disk.img"]}'
                disks:
                  - vm: %s
                    memory: %d
                walkthrough:
                  - vm: linux
                    run: |
                %s
                  - vm: %2$s
                    run: |
                %s
                """.formatted(
                        board.board(),
                        DiskScript.GUEST,
                        bytes,
                        DiskScript.management(bytes).indent(INDENT),
                        DiskScript.guest(bytes, records).indent(INDENT)));
        return execute(ScenarioCatalog.load(file.toString()));
    }

    private static DiskRun execute(Scenario scenario) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ConsoleOutput output = new ConsoleOutput(bytes);
                Run run = RunBuilder.build(
                        scenario,
                        new RunOptions.Builder(false).unattended(true).build(),
                        output,
                        System.err::println)) {
            RunningVms vms = Objects.requireNonNull(run.vms());
            PhaseWatcher watcher = new PhaseWatcher(vms);
            vms.watch(0, new GuestArrival(vms, watcher));
            Outcome outcome = run.execute();
            output.flush();
            String console = bytes.toString(StandardCharsets.UTF_8).replace("\r", "");
            return new DiskRun(outcome, console, watcher.phases(), watcher.checked());
        }
    }

    /** Watches the management VM until there is a guest to watch. */
    private static final class GuestArrival implements ConsoleWatcher {
        private final RunningVms vms;
        private final ConsoleWatcher watcher;
        private boolean there;

        GuestArrival(RunningVms vms, ConsoleWatcher watcher) {
            this.vms = vms;
            this.watcher = watcher;
        }

        @Override
        public void printed(byte value) {
            if (!there && value == '\n' && vms.figures().size() > 1) {
                there = true;
                vms.watch(vms.number(DiskScript.GUEST), watcher);
            }
        }

        @Override
        public void removed() {
            // Then nothing is printed any more.
        }
    }
}
