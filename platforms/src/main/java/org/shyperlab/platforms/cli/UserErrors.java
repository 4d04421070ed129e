package org.shyperlab.platforms.cli;

import java.io.PrintWriter;
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
        err.println("shyper: " + error.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(error, err)) {
            err.println("See: " + commandLine.getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return Outcome.WRONG_INPUT;
    }
}
