package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** What is found wrong only when a scenario is to run is told with the line of the file that says it. */
class ScenarioPlacesTest {
    private static final String SCENARIO = """
            scenario: mine
            description: for a test
            board: qemu-aarch64
            cores: 1
            memory: 64M
            guest:
              kernel: shipped:timer
              initrd: none.cpio
            vms:
              - { file: own.json }
            """;

    @TempDir
    private Path directory;

    private void assertWrong(boolean bare, String yaml, String... messages) throws IOException {
        Path file = Files.writeString(directory.resolve("mine.yaml"), yaml);
        Path own = directory.resolve("own.json");
        if (!Files.exists(own)) {
            Files.writeString(own, Execution.vm("vm0-timer.json"));
        }
        assertThatThrownBy(() -> {
                    try (ConsoleOutput output = new ConsoleOutput(OutputStream.nullOutputStream())) {
                        RunBuilder.build(
                                        ScenarioCatalog.load(file.toString()),
                                        RunOptions.plain(bare),
                                        output,
                                        text -> {})
                                .close();
                    }
                })
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(messages);
    }

    @Test
    void aMissingKernelOfTheNativeSystemIsNamedWithTheScenariosLine() throws IOException {
        assertWrong(
                true,
                SCENARIO.replace("shipped:timer", "none.bin"),
                "mine.yaml:7: guest.kernel: The kernel ",
                "none.bin cannot be read: there is no such file.");
        assertWrong(
                true,
                SCENARIO.replace("shipped:timer", "shipped:tea"),
                "mine.yaml:7: guest.kernel: There is no shipped guest \"tea\".");
    }

    @Test
    void aMissingKernelOfAVmIsNamedWithTheLineOfTheScenarioOrOfTheConfiguration() throws IOException {
        assertWrong(
                false,
                SCENARIO.replace("own.json", "own.json, kernel: none.bin"),
                "mine.yaml:10: vms[0].kernel: The kernel ",
                "none.bin cannot be read: there is no such file.");
        String own = Execution.vm("vm0-timer.json").replace("shipped:timer", "none.bin");
        Files.writeString(directory.resolve("own.json"), own);
        int line =
                (int) own.substring(0, own.indexOf("kernel_filename")).lines().count();
        assertWrong(
                false,
                SCENARIO,
                "own.json:%d: image.kernel_filename: The kernel ".formatted(line),
                "none.bin cannot be read: there is no such file.");
    }

    @Test
    void aChangeThatTheConfigurationHasNothingForIsNamedWithTheScenariosLine() throws IOException {
        assertWrong(
                false,
                SCENARIO.replace("own.json", "own.json, mac: \"02:00:00:00:00:01\""),
                "mine.yaml:10: vms[0]: mac: VM timer has no EMU_DEVICE_T_VIRTIO_NET");
    }

    @Test
    void disksThatAVmHasNoDevicesForAreNamedWithTheScenariosLine() throws IOException {
        assertWrong(
                false,
                SCENARIO + "disks:\n  - { vm: timer, memory: 1M }\n",
                "mine.yaml:11: disks: VM timer has 0 devices of type EMU_DEVICE_T_VIRTIO_BLK, and 1 disks here.");
    }
}
