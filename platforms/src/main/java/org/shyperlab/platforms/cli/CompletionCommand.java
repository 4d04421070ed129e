package org.shyperlab.platforms.cli;

import java.util.concurrent.Callable;
import org.shyperlab.platforms.run.Outcome;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code shyper completion}. */
@Command(
        name = "completion",
        description = "Prints the completion script for bash and zsh.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  source <(shyper completion)")
final class CompletionCommand implements Callable<Integer> {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    CompletionCommand() {}

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .print(AutoComplete.bash("shyper", spec.root().commandLine()));
        spec.commandLine().getOut().flush();
        return Outcome.SUCCESS;
    }
}
