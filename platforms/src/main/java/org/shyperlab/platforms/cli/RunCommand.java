package org.shyperlab.platforms.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.platforms.control.ControlDirectory;
import org.shyperlab.platforms.control.ControlServer;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.ConsoleOutput;
import org.shyperlab.platforms.run.Disk;
import org.shyperlab.platforms.run.Outcome;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunBuilder;
import org.shyperlab.platforms.run.RunOptions;
import org.shyperlab.platforms.run.RunningVms;
import org.shyperlab.platforms.run.Statistics;
import org.shyperlab.platforms.run.StatisticsFile;
import org.shyperlab.platforms.run.TrapTable;
import org.shyperlab.platforms.scenario.NetworkPlan;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.ScenarioCatalog;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code shyper run}. */
@Command(
        name = "run",
        description = {
            "Runs a scenario: a board and what boots on it.",
            "",
            "Without --exec, --until or --limit, on a terminal, the terminal becomes the guest's serial console; Ctrl-A h shows the keys.",
            "Without a terminal (</dev/null) nobody is waited for: a scenario's walk-through runs and is checked, or else the shipped Linux",
            "powers off when it is up.",
            ""
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  shyper run qemu-aarch64-hello",
            "  shyper run qemu-aarch64-linux --exec 'cat /proc/interrupts' --stats stats.json",
            "  shyper run qemu-aarch64-linux --native --cores 4 --memory 2G --until 'user space is up'",
            "  shyper run qemu-riscv64-linux --exec 'cat /proc/cpuinfo'",
            "  shyper run qemu-aarch64-linux --exec true --trace boot.perfetto.json",
            "  shyper run qemu-aarch64-linux --native --disk disk.img,overlay=changes.img --exec 'md5sum /dev/vda'",
            "  shyper run eight-vms --capture linux1=linux1.pcap --capture linux2=linux2.pcap",
            "  shyper run ./mine.yaml --limit 10s",
            "",
            "Exit codes: 0 the guests powered off and all of a walk-through held, or --until was met; 1 a guest failed, a text of the",
            "walk-through is MISSING, or it powered off before --until was met; 2 wrong input; 3 the limit was reached."
        })
final class RunCommand implements Callable<Integer> {
    private static final int SHOWN_GUEST_ERRORS = 5;

    private final Terminals terminals;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            paramLabel = "SCENARIO",
            description = "A shipped scenario, which shyper boards lists, or a YAML file.",
            completionCandidates = ScenarioNames.class)
    @SuppressWarnings("NullAway.Init")
    private String scenario;

    @Option(names = "--native", description = "Without the hypervisor: the guest has the bare board.")
    private boolean bare;

    @Option(names = "--cores", paramLabel = "N", description = "Number of cores.")
    private @Nullable Integer cores;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description = "The guest's RAM, for example 512M or 2G.")
    private @Nullable Long memory;

    @Option(
            names = "--kernel",
            paramLabel = "FILE",
            description = "Another kernel: a Linux Image, an ELF executable or a flat binary, plain or packed by gzip.")
    private @Nullable String kernel;

    @Option(names = "--initrd", paramLabel = "FILE", description = "Another initial RAM disk.")
    private @Nullable String initrd;

    @Option(names = "--append", paramLabel = "TEXT", description = "Another kernel command line.")
    private @Nullable String append;

    @Option(
            names = "--exec",
            paramLabel = "COMMANDS",
            description = "Shell commands that the shipped Linux guest runs before it powers off.")
    private @Nullable String commands;

    @Option(
            names = "--disk",
            paramLabel = Disk.FORM,
            converter = Converters.OfDisk.class,
            description =
                    "A file as a disk in the next virtio slot: read and written, or written to the overlay file instead, or only read.")
    private List<Disk> disks = new ArrayList<>();

    @Option(
            names = "--modules",
            paramLabel = "NAMES",
            split = ",",
            description =
                    "Kernel modules that the shipped Linux guest loads, with what they need, for example virtio_net,virtio-rng.")
    private List<String> modules = new ArrayList<>();

    @Option(
            names = "--capture",
            paramLabel = NetworkPlan.Capture.FORM,
            converter = Converters.OfCapture.class,
            description = {
                "Writes what a VM's network device sends and receives to FILE (pcap, stamped with virtual time).",
                "VM is a number or name; DEVICE is needed when the VM has several. May be given several times."
            })
    private List<NetworkPlan.Capture> captures = new ArrayList<>();

    @Option(
            names = "--uplink",
            paramLabel = "VM",
            description = {
                "One more network device for a VM, on a cable to the host: 10.0.2.2 there is 127.0.0.1 of the host, with all its services.",
                "Such a run is not deterministic. With --native, 0 is the system."
            })
    private @Nullable String uplink;

    @Option(names = "--until", paramLabel = "TEXT", description = "End when a guest has printed TEXT.")
    private @Nullable String until;

    @Option(
            names = "--limit",
            paramLabel = "TIME",
            converter = Converters.Time.class,
            description = {
                "End after this much virtual time, for example 10s or 500ms. A scenario's walk-through runs under it; in a scenario",
                "without one the shipped Linux waits at its shell until then."
            })
    private @Nullable Long limitNanos;

    @Option(
            names = "--stats",
            paramLabel = "FILE",
            converter = Converters.OfPath.class,
            description = "Write counts, times and hashes to FILE as JSON.")
    private @Nullable Path stats;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            converter = Converters.OfPath.class,
            description =
                    "Write every trap to FILE: JSON lines, or Chrome/Perfetto trace JSON when the name ends in .perfetto.json.")
    private @Nullable Path trace;

    @Option(
            names = "--pace",
            paramLabel = "fast|real",
            converter = Converters.OfPace.class,
            description =
                    "Whether virtual time runs as fast as it can or never ahead of the host's clock (default: real on a terminal, else fast).")
    private RunOptions.@Nullable Pace pace;

    @Option(
            names = "--on-reset",
            paramLabel = "end|restart",
            converter = Converters.OfOnReset.class,
            description =
                    "Whether the run ends or the board starts again when the guest resets it (default: restart while somebody types or gives orders, else end).")
    private RunOptions.@Nullable OnReset onReset;

    @Option(
            names = "--no-control",
            description =
                    "Without the control socket, through which shyper vm and shyper console reach a running machine.")
    private boolean noControl;

    RunCommand(Terminals terminals) {
        this.terminals = terminals;
    }

    @Override
    public Integer call() {
        requireText("--until", until);
        requireText("--exec", commands);
        requireText("--uplink", uplink);
        boolean interactive = terminals.inputIsTerminal() && commands == null && until == null && limitNanos == null;
        RunOptions.Pace chosen = pace != null ? pace : interactive ? RunOptions.Pace.REAL : RunOptions.Pace.FAST;
        Scenario loaded = ScenarioCatalog.load(scenario);
        boolean noVms = bare || loaded.vms().isEmpty();
        boolean walks = !noVms && !loaded.walkthrough().isEmpty();
        RunOptions options = new RunOptions.Builder(noVms)
                .cores(cores)
                .memory(memory)
                .kernel(kernel)
                .initrd(initrd)
                .append(append)
                .commands(commands)
                .unattended(!interactive && (limitNanos == null || walks))
                .until(until)
                .limitNanos(limitNanos == null ? Long.MAX_VALUE : limitNanos)
                .trace(trace)
                .disks(disks)
                .modules(modules)
                .network(new NetworkPlan(captures, uplink))
                .pace(chosen)
                .onReset(onReset)
                .build();
        return run(loaded, options, interactive);
    }

    private void requireText(String option, @Nullable String text) {
        if (text != null && text.isEmpty()) {
            throw new CommandLine.ParameterException(spec.commandLine(), option + " is empty.");
        }
    }

    private int run(Scenario loaded, RunOptions options, boolean interactive) {
        requireWritable(stats);
        PrintWriter err = spec.commandLine().getErr();
        try (Shutdown shutdown = Shutdown.open();
                ConsoleOutput output = new ConsoleOutput(terminals.output());
                Run run = RunBuilder.build(loaded, options, output, text -> err.println("shyper: " + text))) {
            shutdown.ends(run);
            Outcome end;
            try (ControlServer control = openControl(run, err)) {
                end = interactive ? InteractiveConsole.execute(run, output) : run.execute();
            }
            output.flush();
            Outcome outcome = Objects.requireNonNullElse(output.lost(), end);
            Statistics statistics = run.statistics();
            if (stats != null) {
                write(stats, statistics);
            }
            if (outcome.exitCode() == Outcome.OUTPUT_CLOSED) {
                return outcome.exitCode();
            }
            err.println();
            err.print(TrapTable.of(statistics));
            guestErrors(err, run.errors());
            run.failures().forEach(err::println);
            run.captures().forEach(err::println);
            run.walkthrough().forEach(line -> err.println("walk-through " + line));
            if (outcome.exitCode() != Outcome.SUCCESS) {
                err.println("shyper: " + outcome.text());
            }
            err.flush();
            return outcome.exitCode();
        }
    }

    /** A machine that cannot be controlled runs all the same; null then, and when it has no VMs. */
    private @Nullable ControlServer openControl(Run run, PrintWriter err) {
        RunningVms vms = run.vms();
        if (vms == null || noControl) {
            return null;
        }
        try {
            return ControlServer.open(
                    run, vms, ControlDirectory.ofUser(System.getenv()).getFirst());
        } catch (InputException error) {
            err.println("shyper: shyper vm cannot reach this machine: " + error.getMessage());
            return null;
        }
    }

    private static void guestErrors(PrintWriter err, GuestErrorLog errors) {
        errors.entries().stream().limit(SHOWN_GUEST_ERRORS).forEach(entry -> err.println("guest error: " + entry));
        if (errors.count() > SHOWN_GUEST_ERRORS) {
            err.printf("(%d more guest errors)%n", errors.count() - SHOWN_GUEST_ERRORS);
        }
    }

    /** A file that cannot be written is told before the run, not after it. */
    private static void requireWritable(@Nullable Path file) {
        if (file != null) {
            try {
                Files.newOutputStream(file).close();
            } catch (IOException error) {
                throw cannotWrite(file, error);
            }
        }
    }

    private static void write(Path file, Statistics statistics) {
        try {
            Files.writeString(file, StatisticsFile.json(statistics));
        } catch (IOException error) {
            throw cannotWrite(file, error);
        }
    }

    private static InputException cannotWrite(Path file, IOException error) {
        return new InputException("The statistics file %s cannot be written: %s"
                .formatted(file, InputException.reasonForWriting(file, error)));
    }
}
