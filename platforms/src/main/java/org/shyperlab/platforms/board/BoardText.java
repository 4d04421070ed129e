package org.shyperlab.platforms.board;

import java.util.Comparator;
import java.util.Locale;
import java.util.TreeMap;
import org.shyperlab.emulator.devicetree.DtsText;
import org.shyperlab.platforms.input.Quantity;

/** Describes a board to people: memory map, interrupts, costs, device tree. Made from the same data as the machine. */
public final class BoardText {
    private final Board board;
    private final StringBuilder text = new StringBuilder();

    private BoardText(Board board) {
        this.board = board;
    }

    /** The whole description. */
    public static String describe(Board board) {
        BoardText description = new BoardText(board);
        description.head();
        description.memoryMap();
        description.interrupts();
        description.costs();
        description.deviceTree();
        return description.text.toString();
    }

    private void head() {
        Board.Cores cores = board.cores();
        line("%s: %s", board.name(), board.description());
        line("");
        line(
                "cores     %s, %d by default, up to %d, %s MHz (one instruction is one cycle)",
                cores.model(), cores.standard(), cores.max(), megahertz(cores.hertz()));
        line("counter   %s MHz", megahertz(cores.counterHertz()));
        line(
                "memory    %s by default, up to %s",
                Quantity.sizeText(board.memory().standard()),
                Quantity.sizeText(board.memory().max()));
        line("console   %s", board.console());
        line("firmware  %s", board.architecture() == Architecture.AARCH64 ? "PSCI 1.1 by SMC" : "SBI 2.0 by ECALL");
    }

    private void memoryMap() {
        line("");
        line("Memory map");
        for (Region region : MemoryMap.of(board, board.memory().standard())) {
            line(
                    "  0x%010x .. 0x%010x  %9s  %s",
                    region.base(), region.end() - 1, Quantity.sizeText(region.size()), region.what());
        }
    }

    private void interrupts() {
        line("");
        line("Interrupts");
        if (board.architecture() == Architecture.AARCH64) {
            armInterrupts();
        } else {
            board.devices().stream()
                    .filter(device -> device.type().hasInterrupt())
                    .sorted(Comparator.comparingInt(BoardDevice::interrupt))
                    .forEach(device -> line(
                            "  source %7s  %s (%s)",
                            range(device.interrupt(), device.interrupts()),
                            device.name(),
                            device.type().label()));
        }
    }

    private static String range(int first, int count) {
        return count == 1 ? Integer.toString(first) : first + ".." + (first + count - 1);
    }

    private void armInterrupts() {
        TreeMap<Integer, String> byIntid = new TreeMap<>();
        Board.Timers timers = board.timers();
        byIntid.put(
                Board.FIRST_PPI + board.gic().maintenance(),
                "PPI %2d  %s maintenance"
                        .formatted(board.gic().maintenance(), board.gic().name()));
        byIntid.put(
                Board.FIRST_PPI + timers.hypervisor(),
                "PPI %2d  hypervisor physical timer (CNTHP)".formatted(timers.hypervisor()));
        byIntid.put(Board.FIRST_PPI + timers.virtual(), "PPI %2d  virtual timer (CNTV)".formatted(timers.virtual()));
        byIntid.put(
                Board.FIRST_PPI + timers.securePhysical(),
                "PPI %2d  secure physical timer (CNTPS)".formatted(timers.securePhysical()));
        byIntid.put(Board.FIRST_PPI + timers.physical(), "PPI %2d  physical timer (CNTP)".formatted(timers.physical()));
        line("  INTID        0..15  SGI     software generated");
        byIntid.forEach((intid, what) -> line("  INTID %12d  %s", intid, what));
        board.devices().stream()
                .sorted(Comparator.comparingInt(BoardDevice::interrupt))
                .forEach(device -> {
                    int first = Board.FIRST_SPI + device.interrupt();
                    String range = range(first, device.interrupts());
                    line(
                            "  INTID %12s  SPI %2d  %s (%s)",
                            range,
                            device.interrupt(),
                            device.name(),
                            device.type().label());
                });
    }

    private void costs() {
        line("");
        line("Costs in core cycles, charged beside the instructions executed");
        board.costs()
                .forEach((cost, price) ->
                        line("  %-14s %6d  %s", BoardReader.costKey(cost), price.cycles(), price.source()));
    }

    private void deviceTree() {
        line("");
        line("Device tree source (with the default number of cores and RAM)");
        line("");
        text.append(DtsText.render(SystemTree.ofBoard(
                board, board.cores().standard(), board.memory().standard(), new SystemTree.Chosen("", null, null))));
    }

    private static String megahertz(long hertz) {
        return hertz % 1_000_000 == 0 ? Long.toString(hertz / 1_000_000) : Double.toString(hertz / 1e6);
    }

    private void line(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments).stripTrailing())
                .append('\n');
    }
}
