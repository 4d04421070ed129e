package org.shyperlab.platforms.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The table of commands. */
final class Commands {
    private Commands() {}

    private static Map<String, Supplier<Object>> table(Terminals terminals) {
        Map<String, Supplier<Object>> table = new LinkedHashMap<>();
        table.put("run", () -> new RunCommand(terminals));
        table.put("vm", () -> new CommandLine(new VmCommand()).addSubcommand("console", new ConsoleCommand(terminals)));
        table.put("console", () -> new ConsoleCommand(terminals));
        table.put("demo", () -> new DemoCommand(terminals));
        table.put("boards", BoardsCommand::new);
        table.put("board", BoardCommand::new);
        table.put("doctor", DoctorCommand::new);
        table.put("completion", CompletionCommand::new);
        // Not a method reference: JDK 25's AOT cache crashes on handles of classes as old as picocli's.
        table.put("help", () -> new CommandLine.HelpCommand());
        return table;
    }

    /**
     * Adds the commands below the program. When the first argument names one that needs no knowledge of the others, only that one is
     * made: it halves the time that a start spends on the command line.
     */
    static void addTo(CommandLine program, Terminals terminals, String firstArgument) {
        Map<String, Supplier<Object>> table = table(terminals);
        Supplier<Object> only = table.get(firstArgument);
        if (only != null && !firstArgument.equals("help") && !firstArgument.equals("completion")) {
            program.addSubcommand(firstArgument, only.get());
            return;
        }
        table.forEach((name, command) -> program.addSubcommand(name, command.get()));
    }
}
