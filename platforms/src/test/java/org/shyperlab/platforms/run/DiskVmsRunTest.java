package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.guestimages.DiskPart;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.DiskVms.DiskVm;
import org.shyperlab.platforms.scenario.Scenario;

/** VMs with disks of every kind under the hypervisor, and drivers that break the rules of their rings. */
class DiskVmsRunTest {
    private static final int BLOCKS = 8;
    private static final int DISK_BLOCKS = 12;

    @TempDir
    private Path directory;

    private record Result(Outcome outcome, String console, List<String> errors) {
        /** How many of the VM's lines are {@code text}. */
        long count(String vm, String text) {
            return console.lines()
                    .filter(line -> line.equals("[" + vm + "] " + text))
                    .count();
        }
    }

    private static Result run(Scenario scenario) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ConsoleOutput output = new ConsoleOutput(bytes);
                Run run = RunBuilder.build(scenario, RunOptions.plain(false), output, message -> {})) {
            Outcome outcome = run.execute();
            output.flush();
            String console = bytes.toString(StandardCharsets.UTF_8).replace("\r", "");
            List<String> errors = run.errors().entries().stream()
                    .map(entry -> entry.source() + ": " + entry.text())
                    .toList();
            return new Result(outcome, console, errors);
        }
    }

    private static void assertPassed(Result run, String... vms) {
        assertThat(run.outcome()).as(run.console()).isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        assertThat(run.console().lines()).contains("timer: PASS");
        for (String vm : vms) {
            assertThat(run.count(vm, "disk: PASS"))
                    .as("%s in%n%s", vm, run.console())
                    .isOne();
        }
    }

    @ParameterizedTest
    @EnumSource
    void filesOverlaysMemoryAndReadOnlyFilesAreDisksOfVms(DiskVms ground) throws IOException {
        byte[] before = new byte[DISK_BLOCKS * DiskVms.BLOCK];
        new Random(6).nextBytes(before);
        Path file = Files.write(directory.resolve("file.img"), before);
        Path base = Files.write(directory.resolve("base.img"), before);
        Path sealed = Files.write(directory.resolve("sealed.img"), before);
        Scenario scenario = ground.with(
                directory,
                BLOCKS,
                List.of(
                        new DiskVm("filed", DiskPart.WORK, "file: file.img"),
                        new DiskVm("over", DiskPart.WORK, "file: base.img\n    overlay: changes.img"),
                        new DiskVm("ram", DiskPart.WORK, "memory: 64K"),
                        new DiskVm("sealed", DiskPart.READ_ONLY, "file: sealed.img\n    access: ro")));
        Result run = run(scenario);
        assertPassed(run, "filed", "over", "ram", "sealed");
        assertThat(run.errors()).isEmpty();
        byte[] after = DiskVms.written(before, BLOCKS);
        assertThat(Files.readAllBytes(file)).isEqualTo(after);
        assertThat(Files.readAllBytes(base)).isEqualTo(before);
        assertThat(Files.readAllBytes(sealed)).isEqualTo(before);
        byte[] overlay = Files.readAllBytes(directory.resolve("changes.img"));
        assertThat(Arrays.copyOfRange(overlay, 2 * DiskVms.BLOCK, overlay.length))
                .as("behind header and map")
                .startsWith(Arrays.copyOf(after, BLOCKS * DiskVms.BLOCK));
    }

    /** What the report of a broken rule begins with. */
    private static String rule(DiskPart part) {
        return switch (part) {
            case LOOP -> "the chain from descriptor 0 is longer than the ring's 16, or a loop";
            case NO_RAM -> "piece 1 of the buffer at descriptor 0, 0xfffffffff000 and 512 bytes, is not all RAM";
            case TOO_LONG -> "the chain from descriptor 0 is longer than the ring's 16, or a loop";
            case NEXT_TOO_HIGH, HEAD_TOO_HIGH -> "descriptor 16 is beyond the table of 16";
            case NESTED -> "descriptor 0 of an indirect table is indirect itself";
            default -> "";
        };
    }

    @ParameterizedTest
    @EnumSource
    void aDriverThatBreaksARuleLosesItsDeviceUntilItsResetAndNobodyElseAnything(DiskVms ground) throws IOException {
        List<DiskPart> parts = List.of(
                DiskPart.LOOP,
                DiskPart.NO_RAM,
                DiskPart.TOO_LONG,
                DiskPart.NEXT_TOO_HIGH,
                DiskPart.HEAD_TOO_HIGH,
                DiskPart.NESTED);
        List<DiskVm> vms = parts.stream()
                .map(part -> new DiskVm(part.name().toLowerCase(java.util.Locale.ROOT), part, "memory: 64K"))
                .toList();
        Result run = run(ground.with(directory, BLOCKS, vms));
        assertPassed(run, vms.stream().map(DiskVm::name).toArray(String[]::new));
        for (int i = 0; i < parts.size(); i++) {
            String device = "vm" + (i + 1) + "/disk: ";
            assertThat(run.errors().stream().filter(error -> error.startsWith(device)))
                    .singleElement()
                    .asString()
                    .startsWith(device + "ring 0: " + rule(parts.get(i)))
                    .endsWith("the device waits for its reset");
        }
        assertThat(run.errors()).hasSize(parts.size());
    }

    @Test
    void disksThatCannotBeAreSaidWithTheirPlace() throws IOException {
        assertWrong("memory: 64K\n    access: ro", "only a disk that is a file without an overlay is for reading only");
        assertWrong("file: a\n    access: maybe", "\"maybe\" is not one of: ro, rw");
        assertWrong("file: a\n    memory: 64K", "a disk has either a file or memory");
        assertWrong("memory: 64K\n    overlay: b", "an overlay lies over a file");
        assertWrong("memory: 100", "512");
        assertWrong("file: none.img", "disks.yaml:10: disks[0]: ");
        assertWrong("file: none.img", "none.img cannot be opened: there is no such file");
    }

    private void assertWrong(String disk, String rule) throws IOException {
        assertThatThrownBy(() ->
                        run(DiskVms.GIC.with(directory, BLOCKS, List.of(new DiskVm("disk", DiskPart.WORK, disk)))))
                .as(disk)
                .isInstanceOf(InputException.class)
                .hasMessageContaining(rule);
    }
}
