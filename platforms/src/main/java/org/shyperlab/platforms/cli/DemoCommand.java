package org.shyperlab.platforms.cli;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.shyperlab.platforms.board.Architecture;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.ConsoleOutput;
import org.shyperlab.platforms.run.Outcome;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunBuilder;
import org.shyperlab.platforms.run.RunOptions;
import org.shyperlab.platforms.run.TrapTable;
import org.shyperlab.platforms.scenario.ScenarioCatalog;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code shyper demo}. */
@Command(
        name = "demo",
        description = {
            "Boots Linux under the hypervisor, runs a few commands in it, powers off and shows its traps by kind.",
            "Fetches the Linux guest from Debian when it is not there yet."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final Set<String> ARCHITECTURES = Set.of(Architecture.AARCH64.label(), Architecture.RISCV64.label());
    private static final String COMMANDS = "uname -a; cat /proc/cpuinfo; head -n 3 /proc/meminfo; cat /proc/interrupts";

    private final Terminals terminals;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--arch",
            paramLabel = "NAME",
            defaultValue = "aarch64",
            description = "Architecture: aarch64 (the default) or riscv64.")
    @SuppressWarnings("NullAway.Init")
    private String architecture;

    DemoCommand(Terminals terminals) {
        this.terminals = terminals;
    }

    @Override
    public Integer call() {
        if (!ARCHITECTURES.contains(architecture)) {
            throw new InputException("--arch %s: there is a demo for aarch64 and riscv64.".formatted(architecture));
        }
        RunOptions options = new RunOptions.Builder(false)
                .commands(COMMANDS)
                .unattended(true)
                .build();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (ConsoleOutput output = new ConsoleOutput(terminals.output());
                Run run = RunBuilder.build(
                        ScenarioCatalog.load("qemu-%s-linux".formatted(architecture)),
                        options,
                        output,
                        text -> err.println("shyper: " + text))) {
            Outcome end = run.execute();
            output.flush();
            Outcome outcome = Objects.requireNonNullElse(output.lost(), end);
            if (outcome.exitCode() == Outcome.OUTPUT_CLOSED) {
                return outcome.exitCode();
            }
            out.println();
            out.print(TrapTable.of(run.statistics()));
            out.flush();
            run.failures().forEach(err::println);
            return outcome.exitCode();
        }
    }
}
