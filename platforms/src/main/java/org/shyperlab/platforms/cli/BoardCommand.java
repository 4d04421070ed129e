package org.shyperlab.platforms.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.DtsText;
import org.shyperlab.emulator.devicetree.FdtWriter;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardCatalog;
import org.shyperlab.platforms.board.BoardText;
import org.shyperlab.platforms.board.SystemTree;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.Outcome;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code shyper board}. */
@Command(
        name = "board",
        description = "Describes a board.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class BoardCommand implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    BoardCommand() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say what to do with the board: show.");
    }

    /** {@code shyper board show}. */
    @Command(
            name = "show",
            description = "Shows a board's memory map, interrupts, costs and device tree source.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  shyper board show qemu-aarch64",
                "  shyper board show qemu-aarch64 --dtb virt.dtb",
                "  shyper board show ./mine.yaml --dts"
            })
    int show(
            @Parameters(
                            paramLabel = "NAME",
                            description = "A shipped board (${COMPLETION-CANDIDATES}) or a YAML file.",
                            completionCandidates = BoardNames.class)
                    String name,
            @Option(names = "--dts", description = "Only the device tree source.") boolean source,
            @Option(
                            names = "--dtb",
                            paramLabel = "FILE",
                            converter = Converters.OfPath.class,
                            description = "Write the device tree blob to FILE.")
                    @Nullable
                    Path blob) {
        Board board = BoardCatalog.load(name, Path.of(""));
        DeviceTree tree = SystemTree.ofBoard(
                board, board.cores().standard(), board.memory().standard(), new SystemTree.Chosen("", null, null));
        PrintWriter out = spec.commandLine().getOut();
        if (blob != null) {
            try {
                Files.write(blob, FdtWriter.write(tree));
            } catch (IOException error) {
                throw new InputException("The device tree %s cannot be written: %s"
                        .formatted(blob, InputException.reasonForWriting(blob, error)));
            }
        } else {
            out.print(source ? DtsText.render(tree) : BoardText.describe(board));
        }
        out.flush();
        return Outcome.SUCCESS;
    }
}
