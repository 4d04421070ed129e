package org.shyperlab.benchmarks.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code scripts/bench disks}: the tables of all boards. */
public final class DiskBench {
    private static final long BYTES = 64L << 20;
    private static final List<Integer> RECORDS = List.of(4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20);

    private DiskBench() {}

    /**
     * Measures.
     *
     * @param directory for files of the runs
     * @return false when a guest did not read back what it had written, or a run failed
     */
    public static boolean run(Path directory) throws IOException {
        boolean well = true;
        for (DiskBoard board : DiskBoard.values()) {
            System.err.println("shyperlab: disks on " + board.board());
            DiskRun run = DiskRun.of(board, BYTES, RECORDS, Files.createDirectories(directory));
            boolean same = run.isWell(2 * RECORDS.size());
            System.out.println("%s, %d MiB in each pass, data %s%n"
                    .formatted(board.board(), BYTES >> 20, same ? "as written" : "**not as written**"));
            System.out.println(DiskTable.of(run.phases(), BYTES));
            if (!same) {
                System.err.println(run.console());
                well = false;
            }
        }
        return well;
    }
}
