package org.shyperlab.platforms.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.Outcome;
import picocli.CommandLine;

/** What the user sees when something he gave is wrong: the problem, where to read on, exit code 2. Never a stack trace. */
final class UserErrors {
    private UserErrors() {}

    static int handle(Exception error, CommandLine commandLine, CommandLine.ParseResult parsed) throws Exception {
        if (error instanceof InputException input) {
            PrintWriter err = commandLine.getErr();
            input.problems().forEach(problem -> err.println("shyper: " + problem));
            err.flush();
            return Outcome.WRONG_INPUT;
        }
        // Anything else is a mistake of ours, and its stack trace is what we need to see.
        throw error;
    }

    static int handleParameters(CommandLine.ParameterException error, String[] arguments) {
        CommandLine commandLine = error.getCommandLine();
        PrintWriter err = commandLine.getErr();
        String unknown = unknownCommand(error);
        if (unknown != null) {
            err.println("shyper: There is no command \"%s\". There are: %s."
                    .formatted(
                            unknown,
                            String.join(", ", commandLine.getSubcommands().keySet())));
            err.println("See: " + commandLine.getCommandSpec().qualifiedName() + " --help");
            err.flush();
            return Outcome.WRONG_INPUT;
        }
        err.println("shyper: " + error.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(error, err)) {
            err.println("See: " + commandLine.getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return Outcome.WRONG_INPUT;
    }

    /** The word in a command's place that is none; null when something else is wrong. */
    private static @Nullable String unknownCommand(CommandLine.ParameterException error) {
        boolean takesCommand = !error.getCommandLine().getSubcommands().isEmpty();
        if (!takesCommand || !(error instanceof CommandLine.UnmatchedArgumentException unmatched)) {
            return null;
        }
        String word = unmatched.getUnmatched().getFirst();
        return word.startsWith("-") ? null : word;
    }
}
