package org.shyperlab.platforms.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.control.ControlClient;
import org.shyperlab.platforms.control.Message;
import org.shyperlab.platforms.control.Order;
import org.shyperlab.platforms.run.Outcome;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code shyper vm}: each of its commands is one order to a running machine. */
@Command(
        name = "vm",
        description = {
            "Lists and manages the VMs of a machine that runs in another terminal.",
            "",
            "shyper run opens a control socket beside every machine with VMs, for its user only. VMs are named by number or name.",
            ""
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples (with shyper run qemu-aarch64-two-vms in another terminal):%n",
        footer = {
            "  shyper vm list                     all VMs, their types and states",
            "  shyper vm pause hello              VM 1 stands still, its time too",
            "  shyper vm resume hello",
            "  shyper vm config docs/examples/wild.json",
            "                                     VM 2, of a configuration in Rust-Shyper's format",
            "  shyper vm boot 2",
            "  shyper vm console hello            its console on this terminal (Ctrl-A q leaves)",
            "  shyper vm remove 2                 all it had is free again",
            "  shyper vm stats --json             traps, interrupts and virtual time of every VM",
            "",
            "Exit codes: 0 done, 2 refused or wrong input; the message says why."
        })
final class VmCommand implements Runnable {
    private static final String VM = "ID";
    private static final String WHICH = "The VM's number or name.";

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    VmCommand() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say what to do with which VM.");
    }

    @Command(description = "All VMs: number, state, type and name.", mixinStandardHelpOptions = true)
    int list(@Mixin MachineChoice machine) {
        try (ControlClient client = machine.connect()) {
            Message reply = ControlClient.message(client.ask(Order.LIST, json -> {}));
            return print(VmTables.list(reply.objects("vms")));
        }
    }

    @Command(
            description = {
                "Makes a VM of a configuration file in Rust-Shyper's JSON format, checked against the board and the VMs there are.",
                "Images are named relative to the file. The VM is inactive until it is booted."
            },
            mixinStandardHelpOptions = true)
    int config(
            @Parameters(paramLabel = "FILE", converter = Converters.OfPath.class, description = "The configuration.")
                    Path file,
            @Mixin MachineChoice machine) {
        String path = file.toAbsolutePath().normalize().toString();
        return change(machine, Order.CONFIG, json -> json.writeStringField("file", path));
    }

    @Command(description = "Loads and starts a VM that is off.", mixinStandardHelpOptions = true)
    int boot(@Parameters(paramLabel = VM, description = WHICH) String vm, @Mixin MachineChoice machine) {
        return change(machine, Order.BOOT, named(vm));
    }

    @Command(description = "Everything of a VM stands still, its time too.", mixinStandardHelpOptions = true)
    int pause(@Parameters(paramLabel = VM, description = WHICH) String vm, @Mixin MachineChoice machine) {
        return change(machine, Order.PAUSE, named(vm));
    }

    @Command(description = "A paused VM goes on as if nothing had been.", mixinStandardHelpOptions = true)
    int resume(@Parameters(paramLabel = VM, description = WHICH) String vm, @Mixin MachineChoice machine) {
        return change(machine, Order.RESUME, named(vm));
    }

    @Command(
            description = {"Starts a VM over: asks its guest to.", "VM 0 with -f resets the whole board."},
            mixinStandardHelpOptions = true)
    int reboot(
            @Parameters(paramLabel = VM, description = WHICH) String vm,
            @Option(
                            names = {"-f", "--force"},
                            description = "At once, without asking the guest.")
                    boolean force,
            @Mixin MachineChoice machine) {
        return change(machine, Order.REBOOT, json -> {
            json.writeStringField("vm", vm);
            json.writeBooleanField("force", force);
        });
    }

    @Command(description = "Switches a VM off. The machine ends with its last VM.", mixinStandardHelpOptions = true)
    int stop(@Parameters(paramLabel = VM, description = WHICH) String vm, @Mixin MachineChoice machine) {
        return change(machine, Order.STOP, named(vm));
    }

    @Command(
            description = "Stops a VM and takes it away: its memory, cores and devices are free for others.",
            mixinStandardHelpOptions = true)
    int remove(@Parameters(paramLabel = VM, description = WHICH) String vm, @Mixin MachineChoice machine) {
        try (ControlClient client = machine.connect()) {
            client.ask(Order.REMOVE, named(vm));
            return Outcome.SUCCESS;
        }
    }

    @Command(
            description = "Per VM: state, vCPUs, traps by kind, injected interrupts, virtual time.",
            mixinStandardHelpOptions = true)
    int stats(
            @Parameters(paramLabel = VM, arity = "0..1", description = "The VM's number or name; all VMs without.")
                    @Nullable
                    String vm,
            @Option(names = "--json", description = "As one JSON object in one line.") boolean json,
            @Mixin MachineChoice machine) {
        try (ControlClient client = machine.connect()) {
            String line = client.ask(Order.STATS, vm == null ? none -> {} : named(vm));
            return print(json ? line + System.lineSeparator() : VmTables.stats(ControlClient.message(line)));
        }
    }

    private static Message.Writer named(String vm) {
        return json -> json.writeStringField("vm", vm);
    }

    private int change(MachineChoice machine, Order order, Message.Writer members) {
        try (ControlClient client = machine.connect()) {
            Message reply = ControlClient.message(client.ask(order, members));
            return print(VmTables.row(reply.object("vm")));
        }
    }

    private int print(String text) {
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
        return Outcome.SUCCESS;
    }
}
