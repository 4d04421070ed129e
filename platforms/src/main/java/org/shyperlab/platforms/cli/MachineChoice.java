package org.shyperlab.platforms.cli;

import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.control.ControlClient;
import org.shyperlab.platforms.control.ControlDirectory;
import org.shyperlab.platforms.control.Machines;
import picocli.CommandLine.Option;

/** The option that says which running machine a command is for. */
final class MachineChoice {
    @Option(
            names = "--machine",
            paramLabel = "NAME|PID|SOCKET",
            description =
                    "When several machines run: the scenario's name, the process id, or the path of the control socket.")
    private @Nullable String machine;

    MachineChoice() {}

    /** Connects to it. */
    ControlClient connect() {
        return Machines.connect(ControlDirectory.ofUser(System.getenv()), machine);
    }
}
