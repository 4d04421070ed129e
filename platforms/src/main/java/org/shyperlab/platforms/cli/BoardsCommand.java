package org.shyperlab.platforms.cli;

import java.util.concurrent.Callable;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardCatalog;
import org.shyperlab.platforms.run.Outcome;
import org.shyperlab.platforms.scenario.ScenarioCatalog;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code shyper boards}. */
@Command(
        name = "boards",
        description = "Lists the boards and scenarios that come with the program.",
        mixinStandardHelpOptions = true)
final class BoardsCommand implements Callable<Integer> {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    BoardsCommand() {}

    @Override
    public Integer call() {
        StringBuilder text = new StringBuilder("Boards (shyper board show NAME):\n");
        for (String name : BoardCatalog.SHIPPED) {
            Board board = BoardCatalog.shipped(name);
            text.append("  %-26s %s, up to %d cores%n"
                    .formatted(name, board.description(), board.cores().max()));
        }
        text.append("Scenarios (shyper run NAME):\n");
        for (String name : ScenarioCatalog.SHIPPED) {
            text.append(
                    "  %-26s %s%n".formatted(name, ScenarioCatalog.load(name).description()));
        }
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
        return Outcome.SUCCESS;
    }
}
