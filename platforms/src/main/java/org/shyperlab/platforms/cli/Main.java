package org.shyperlab.platforms.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.shyperlab.platforms.run.ConsoleOutput;
import org.shyperlab.platforms.run.Outcome;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program: parses the command line and runs one command. */
@Command(
        name = "shyper",
        description = {
            "Runs guests, natively or under the Shyperlab hypervisor, on an emulated board, and shows every trap.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  shyper demo                                    boot Linux under the hypervisor, run commands, show its traps",
            "  shyper run qemu-aarch64-hello                  a tiny guest; needs no download",
            "  shyper run qemu-aarch64-linux                  Linux on your terminal (Ctrl-A q quits)",
            "  shyper run qemu-aarch64-linux --exec 'uname -a' --stats stats.json",
            "  shyper run mvm-gvm                             a management VM makes, starts and serves another VM",
            "  shyper run mvm-gvm </dev/null                  the same by itself, checked",
            "  shyper vm list                                 the VMs of a machine that runs in another terminal",
            "  shyper boards                                  all boards and scenarios",
            "  shyper board show qemu-aarch64                 memory map, interrupts, device tree",
            "  source <(shyper completion)                    completion for this bash or zsh",
            "",
            "Exit codes: 0 done, 1 a guest failed or did not do what was expected, 2 wrong input, 3 the limit was reached."
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    Main() {}

    /** Starts the program. */
    public static void main(String[] arguments) {
        HostOutput host = new HostOutput();
        PrintWriter out = new PrintWriter(host, true, StandardCharsets.UTF_8);
        PrintWriter err = writer(FileDescriptor.err);
        int code = execute(Terminals.ofProcess(), out, err, arguments);
        out.flush();
        Outcome lost = ConsoleOutput.lost(host.failure(), "standard output");
        if (code == Outcome.SUCCESS && lost != null) {
            code = lost.exitCode();
            if (code != Outcome.OUTPUT_CLOSED) {
                err.println("shyper: " + lost.text());
            }
        }
        err.flush();
        // Some JDK and terminal threads are not daemons; the run is over, so they are not waited for.
        Runtime.getRuntime().halt(code);
    }

    /** Runs one command line. Guests print to {@code terminals}; the program's own words go to {@code out} and {@code err}. */
    static int execute(Terminals terminals, PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine commandLine = new CommandLine(new Main());
        Commands.addTo(commandLine, terminals, arguments.length == 0 ? "" : arguments[0]);
        commandLine
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(110)
                .setExecutionExceptionHandler(UserErrors::handle)
                .setParameterExceptionHandler(UserErrors::handleParameters);
        return commandLine.execute(arguments);
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say what to do.");
    }
}
