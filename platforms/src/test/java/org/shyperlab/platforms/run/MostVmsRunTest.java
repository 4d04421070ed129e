package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** More VMs than Rust-Shyper's eight. */
class MostVmsRunTest {
    private static final int CORES = 4;

    @TempDir
    private Path directory;

    /** Bare-metal VMs of one configuration, spread over four cores. */
    private Scenario scenario(String board, String vm, int vms, String mostVms) throws IOException {
        String list = IntStream.range(0, vms)
                .mapToObj(i -> "  - { file: \"shipped:%s\", name: hello%d, core: %d }%n".formatted(vm, i, i % CORES))
                .collect(Collectors.joining());
        Path file = Files.writeString(directory.resolve("many.yaml"), """
                scenario: many
                description: for a test
                board: %s
                cores: %d
                memory: 64M
                guest:
                  kernel: shipped:hello
                %s
                vms:
                %s""".formatted(board, CORES, mostVms, list));
        return ScenarioCatalog.load(file.toString());
    }

    @ParameterizedTest
    @CsvSource({"qemu-aarch64, vm1-hello", "qemu-riscv64, vm1-riscv64-hello"})
    void sixteenVmsRunOnFourCoresWhenTheScenarioAllowsThem(String board, String vm) throws IOException {
        Execution run = Execution.twice(scenario(board, vm, 16, "most-vms: 16"), false, null, null);
        assertThat(run.outcome()).as("%s", run.failures()).isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        assertThat(run.console().lines().filter(line -> line.endsWith("hello: PASS")))
                .hasSize(16)
                .contains("hello: PASS", "[hello1] hello: PASS", "[hello15] hello: PASS");
        assertThat(run.measured()).contains("\"guestErrors\" : 0");
    }

    @Test
    void aScenarioHasEightVmsAtMostUnlessItSaysMore() {
        assertThatThrownBy(() -> scenario("qemu-aarch64", "vm1-hello", 9, ""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("vms: 9 VMs; most-vms allows 8 (8 without the key)");
        assertThatThrownBy(() -> scenario("qemu-aarch64", "vm1-hello", 9, "most-vms: 256"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("most-vms");
    }
}
