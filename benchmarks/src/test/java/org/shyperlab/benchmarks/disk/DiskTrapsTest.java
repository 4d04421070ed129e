package org.shyperlab.benchmarks.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a Linux guest's requests cost in traps, on a mediated disk and on one of the hypervisor's own: a little of scripts/bench disks. */
class DiskTrapsTest {
    private static final int SMALL = 4 << 10;
    private static final int LARGE = 1 << 20;
    private static final long BYTES = 2 << 20;

    @TempDir
    private Path directory;

    /**
     * A request is a notification, a look at the interrupt's cause and its acknowledgement; with a PLIC, four accesses more. A mediated
     * one is also the interrupt by which the other core tells of its end, and for the management VM the call that ends it.
     */
    @ParameterizedTest
    @CsvSource({"AARCH64, 3, 1", "RISCV64, 7, 1"})
    void aRequestCostsAsManyTrapsAsItMustAndTheDataComeBack(DiskBoard board, int ofGuest, int ofManagement)
            throws Exception {
        DiskRun run = DiskRun.of(board, BYTES, List.of(SMALL, LARGE), directory);
        assertThat(run.isWell(4)).as("%s %s", run.checked(), run.console()).isTrue();
        assertThat(run.phases()).hasSize(8);
        for (DiskPhase phase : run.phases()) {
            String what = "%s %s of %d: %s".formatted(phase.disk(), phase.operation(), phase.recordBytes(), phase);
            boolean mediated = phase.disk().equals(DiskScript.MEDIATED);
            long records = BYTES / phase.recordBytes();
            // A record of 1 MiB is up to two requests, and a pass of writes ends with two flushes: fsync, and the last
            // close.
            assertThat(phase.requests())
                    .as(what)
                    .isBetween(records, (phase.recordBytes() == LARGE ? 2 : 1) * records + 2);
            long requests = phase.requests();
            assertThat(phase.guest().all())
                    .as(what)
                    .isLessThan((ofGuest + (mediated ? 1 : 0)) * requests + slack(requests));
            assertThat(phase.management().all())
                    .as(what)
                    .isLessThan(
                            (mediated ? ofManagement * requests : 0) + slack(requests) + (mediated ? 3 * ofGuest : 0));
        }
    }

    /** Timer interrupts, and notifications of a management VM that fell asleep between two requests. */
    private static long slack(long requests) {
        return 30 + requests / 4;
    }
}
