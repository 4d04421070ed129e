package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.guestimages.debian.DebianPackages;
import org.shyperlab.guestimages.linux.GuestArchitecture;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** Debian's RISC-V kernel to user space and back to power-off. Its 112 MB are not fetched for a test. */
class RiscvLinuxRunTest {
    @BeforeAll
    static void theGuestIsThere() {
        assumeTrue(
                LinuxGuest.isCached(DebianPackages.inUserCache(message -> {}), GuestArchitecture.RISCV64),
                "the RISC-V kernel is not in the cache, so Linux was not booted on RISC-V;"
                        + " `scripts/shyper run qemu-riscv64-linux --native` fetches it (112 MB)");
    }

    @ParameterizedTest
    @CsvSource({
        "qemu-riscv64-linux, 1, 1",
        "qemu-riscv64-linux, 2, 2",
        "qemu-riscv64-aia-linux, 1, 1",
        "qemu-riscv64-aia-linux, 2, 2"
    })
    void bootsNativelyRunsCommandsPowersOffAndDoesTheSameAgain(String scenario, int cores, int times) {
        Execution first = Execution.of(ScenarioCatalog.load(scenario), true, cores, LinuxRunTest.COMMANDS);
        LinuxRunTest.assertWell(first, cores);
        for (int again = 1; again < times; again++) {
            Execution second = Execution.of(ScenarioCatalog.load(scenario), true, cores, LinuxRunTest.COMMANDS);
            assertThat(second.console()).isEqualTo(first.console());
            assertThat(second.measured()).isEqualTo(first.measured());
        }
    }
}
