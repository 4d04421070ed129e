package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.guestimages.Mailbox;

/**
 * The real-time guest on a core of its own, beside VMs that do nothing, and beside VMs that do nothing but trap and flush TLBs and caches
 * of all cores. The boards charge for all that can be charged for, so that work done on the wrong core would be seen.
 */
class RealTimeRunTest {
    /** Rounds of each of bench's loops: its neighbours are at it as long as the real-time guest measures. */
    private static final long ROUNDS = 5_000;

    private static final Outcome POWERED_OFF = new Outcome(Outcome.SUCCESS, "powered off");

    @TempDir
    private Path directory;

    private enum Controller {
        GIC_PARTIALLY_PASSED_THROUGH("qemu-aarch64", "aarch64", "vm2-rtvm.json", "vm1-hello.json", 0),
        EMULATED_PLIC("qemu-riscv64", "riscv64", "vm2-riscv64-rtvm.json", "vm1-riscv64-hello.json", 1500),
        INTERRUPT_FILES("qemu-riscv64-aia", "riscv64", "vm2-riscv64-aia-rtvm.json", "vm1-riscv64-aia-hello.json", 0);

        final String board;
        final String architecture;
        final String realTime;
        final String neighbour;
        final int exits;

        Controller(String board, String architecture, String realTime, String neighbour, int exits) {
            this.board = board;
            this.architecture = architecture;
            this.realTime = realTime;
            this.neighbour = neighbour;
            this.exits = exits;
        }
    }

    /** Three neighbours: {@code kernel} twice on one core, where they take turns, and {@code other} on two cores. */
    private Execution beside(Controller controller, String kernel, String other) throws IOException {
        String board = Files.writeString(
                        directory.resolve("board.yaml"),
                        Execution.resource("boards/" + controller.board + ".yaml")
                                .replace("cycles: 0", "cycles: 700"))
                .toString();
        String realTime = on(Execution.vm(controller.realTime), 1, 0b10, 1).replace("rounds=0", "rounds=1");
        String neighbour = Execution.vm(controller.neighbour);
        return Execution.of(
                Execution.scenario(
                        directory,
                        board,
                        "4",
                        "shipped:rtvm",
                        null,
                        on(neighbour, 1, 0b1, 0)
                                .replace("\"hello\"", "\"first\"")
                                .replace("shipped:hello", kernel),
                        realTime,
                        on(neighbour, 1, 0b1, 0)
                                .replace("\"hello\"", "\"second\"")
                                .replace("shipped:hello", kernel),
                        on(neighbour, 2, 0b1100, 2)
                                .replace("\"hello\"", "\"third\"")
                                .replace("shipped:hello", other)),
                false,
                null,
                null);
    }

    private static String on(String vm, int number, int cores, int master) {
        return vm.replaceFirst(
                "\"num\": \\d,\\s+\"allocate_bitmap\": \"0b\\d+\",\\s+\"master\": \\d",
                "\"num\": %d, \"allocate_bitmap\": \"0x%x\", \"master\": %d".formatted(number, cores, master));
    }

    @ParameterizedTest
    @EnumSource
    void isTheSameToTheLastEventWhateverItsNeighboursDo(Controller controller) throws IOException {
        byte[] bench = BareMetalGuests.load(controller.architecture, "bench");
        new Mailbox(bench).everyLoop(ROUNDS);
        Files.write(directory.resolve("bench.bin"), bench);
        Execution quiet = beside(controller, "shipped:hello", "shipped:hello");
        Execution busy = beside(controller, "bench.bin", "shipped:smp");

        assertThat(quiet.outcome()).as(quiet.console()).isEqualTo(POWERED_OFF);
        assertThat(busy.outcome()).as(busy.console()).isEqualTo(POWERED_OFF);
        assertThat(linesOf("rtvm", busy))
                .isEqualTo(linesOf("rtvm", quiet))
                .contains("rtvm: round 1", "exits to the hypervisor meanwhile: " + controller.exits, "rtvm: PASS");
        // Every byte that VM 1 printed, and every trap and interrupt of it at its nanosecond.
        assertThat(hash("consoleSha256", busy)).isEqualTo(hash("consoleSha256", quiet));
        assertThat(hash("traceSha256", busy)).isEqualTo(hash("traceSha256", quiet));

        assertThat(busy.console()).contains("[second] bench: PASS", "[third] smp: PASS");
        assertThat(busy.console().indexOf("bench: PASS"))
                .as("the neighbours' core was busy to the end of the measurement")
                .isGreaterThan(busy.console().indexOf("rtvm: PASS"));
    }

    /** What a VM printed; VM 0, whose lines have no mark, may have begun one of its own before. */
    private static List<String> linesOf(String vm, Execution run) {
        String mark = "[" + vm + "] ";
        return run.console()
                .lines()
                .filter(line -> line.contains(mark))
                .map(line -> line.substring(line.indexOf(mark) + mark.length()))
                .toList();
    }

    /** VM 1's entry in a table of hashes. */
    private static String hash(String table, Execution run) {
        Matcher found = Pattern.compile("\"" + table + "\" : \\{[^}]*\"1\" : \"([0-9a-f]{64})\"")
                .matcher(run.measured());
        assertThat(found.find()).as(run.measured()).isTrue();
        return found.group(1);
    }
}
