package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** Shipped scenarios of several VMs, whole: their walk-throughs hold, and every VM does the same to the last bit when it is done again. */
class ShippedScenarioRunTest {
    private static final String ROUND = "\\[rtvm\\] rtvm: round \\d+: the same";

    @BeforeAll
    static void kernels() {
        LinuxGuests.fetch();
    }

    @ParameterizedTest
    @ValueSource(strings = {"static-partition", "static-partition-riscv64"})
    void twoLinuxVmsAndABareMetalOneShareABoardWithoutAManagementVm(String scenario) {
        assertHeldTwice(scenario, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mvm-gvm", "mvm-gvm-riscv64"})
    void aManagementVmServesALinuxVmThatItStartsTwice(String scenario) {
        assertHeldTwice(scenario, 2);
    }

    /** The real-time VM compares itself; here is only to see that the Linux VM beside it was busy meanwhile. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"mvm-gvm-rtvm", "mvm-gvm-rtvm-riscv64"})
    void aRealTimeVmIsTheSameBeforeAndWhileALinuxVmBesideItIsBusy(String scenario) {
        String console = assertHeldTwice(scenario, 3).console();
        int start = console.indexOf("\nthe guest VM starts");
        int busy = console.indexOf("\nthe guest VM is busy");
        int done = console.indexOf("\nthe guest VM is done");
        assertThat(start).isPositive();
        assertThat(console.substring(0, start).lines())
                .filteredOn(line -> line.matches(ROUND))
                .as("before there was a guest VM")
                .hasSizeGreaterThan(2);
        assertThat(console.substring(busy, done).lines())
                .filteredOn(line -> line.matches(ROUND))
                .as("while it was busy")
                .hasSizeGreaterThan(2);
    }

    /** Runs the scenario's walk-through with so many VMs twice. */
    static Execution assertHeldTwice(String scenario, int vms) {
        Execution run = Execution.walkthroughTwice(ScenarioCatalog.load(scenario));
        assertThat(run.outcome())
                .as("%s %s", run.failures(), run.console())
                .isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        assertThat(run.console()).doesNotContain("BUG:", "WARNING:");
        assertThat(run.measured()).contains("\"guestErrors\" : 0");
        String hashes = run.measured().replaceAll("(?s).*\"traceSha256\" : \\{([^}]*)}.*", "$1");
        assertThat(hashes.lines().filter(line -> line.matches("\\s*\"\\d+\" : \"[0-9a-f]{64}\",?")))
                .as(hashes)
                .hasSize(vms);
        return run;
    }
}
