package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.aarch64.A64Trap;

/** Machines that come and go leave nothing behind. */
class ManyMachinesTest {
    private static final int WARM_UP = 300;
    private static final int MACHINES = WARM_UP + 1000;
    /** A machine that is forgotten keeps 64 MiB mapped and over 2 MiB in use: 1000 of them cannot hide below this. */
    private static final long SLACK_KIB = 96 << 10;

    @Test
    void aThousandMachinesThatRanAndWereClosedKeepMemoryFlat() throws IOException {
        long before = 0;
        for (int made = 1; made <= MACHINES; made++) {
            try (TinyMachine tiny = new TinyMachine(1).code(0, 0xd280_0540, TinyMachine.HVC_0)) {
                long[] x0 = new long[1];
                tiny.monitor((core, trap) -> {
                    assertThat(trap).isInstanceOf(A64Trap.Hvc.class);
                    x0[0] = core.x(0);
                    tiny.machine.requestStop(StopReason.CONDITION_MET);
                });
                assertThat(tiny.run()).isEqualTo(StopReason.CONDITION_MET);
                assertThat(x0[0]).isEqualTo(42);
            }
            if (made == WARM_UP) {
                before = residentKib();
            }
        }
        assertThat(residentKib() - before).isLessThan(SLACK_KIB);
    }

    /** What the process has in memory besides Java's heap. */
    private static long residentKib() throws IOException {
        System.gc();
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                // The collector sizes Java's own heap as it likes.
                return Long.parseLong(line.replaceAll("\\D", ""))
                        - (Runtime.getRuntime().totalMemory() >> 10);
            }
        }
        throw new IllegalStateException("/proc/self/status has no VmRSS");
    }
}
