package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Context;

/** Who may read the time. */
class Rv64CountersTest {
    private static final int RDTIME_A0 = 0xc010_2573;

    /** User mode reads the time unless its supervisor forbids it, which it is not asked to when it begins. */
    @ParameterizedTest
    @CsvSource({"-1, 4", "2, 4", "5, 0"})
    void userModeReadsTheTimeUnlessItIsForbidden(long scounteren, long stopsAt) {
        try (TinyHarts tiny = new TinyHarts(1).code(0, RDTIME_A0, TinyHarts.ECALL)) {
            long[] stopped = {-1};
            tiny.monitor(
                    core -> {
                        core.set(Csr.HCOUNTEREN, 7);
                        Rv64Context user = core.newContext();
                        user.pc(TinyHarts.RAM);
                        user.privilege(0);
                        if (scounteren >= 0) {
                            user.set(Csr.SCOUNTEREN, scounteren);
                        }
                        core.load(user);
                    },
                    (core, trap) -> {
                        stopped[0] = core.pc() - TinyHarts.RAM;
                        tiny.stop();
                    });
            assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
            assertThat(stopped[0]).isEqualTo(stopsAt);
        }
    }
}
