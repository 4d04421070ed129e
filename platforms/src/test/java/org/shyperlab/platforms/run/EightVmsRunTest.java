package org.shyperlab.platforms.run;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Half a minute of host time for each of the four runs: scripts/test does it, a plain build does not. */
@Tag("long")
class EightVmsRunTest {
    @BeforeAll
    static void kernels() {
        LinuxGuests.fetch();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eight-vms", "eight-vms-riscv64"})
    void eightLinuxVmsOnFourCoresFindEachOther(String scenario) {
        ShippedScenarioRunTest.assertHeldTwice(scenario, 8);
    }
}
