package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.NativeLibraryException;
import org.shyperlab.emulator.device.virtio.VirtioNet;
import org.shyperlab.emulator.device.virtio.VirtioSlots;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.guestimages.linux.KernelImage;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.ConfigException;
import org.shyperlab.hypervisor.config.ConfigProblem;
import org.shyperlab.hypervisor.config.VmConfigChecker;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.Platform;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.input.Quantity;
import org.shyperlab.platforms.scenario.NetworkPlan;
import org.shyperlab.platforms.scenario.Scenario;

/** Turns a scenario and the user's options into a machine that is ready to run. Everything is checked before anything runs. */
public final class RunBuilder {
    private static final int PAGE = 4096;

    private final Scenario scenario;
    private final RunOptions options;
    private final ConsoleOutput output;
    private final SharedScreen screen;
    private final Images images;
    private final Consumer<String> progress;
    private final GuestErrorLog errors = new GuestErrorLog();
    private final Trace trace = new Trace();
    private final Walkthrough walkthrough;
    private @Nullable Run run;

    private RunBuilder(Scenario scenario, RunOptions options, ConsoleOutput output, Consumer<String> progress) {
        this.scenario = scenario;
        this.options = options;
        this.output = output;
        this.screen = new SharedScreen(output);
        this.progress = progress;
        boolean walks = options.unattended() && options.commands() == null && !options.bare();
        this.walkthrough = walks ? new Walkthrough(scenario.walkthrough(), scenario.limitNanos()) : Walkthrough.NONE;
        this.images = new Images(scenario, scenario.files(), options, progress);
    }

    /**
     * Builds a run.
     *
     * @param output takes what guests print
     * @param progress told, in a few words, what is being fetched and what the host failed at
     * @throws InputException when the scenario, an option or a file is wrong
     */
    public static Run build(Scenario scenario, RunOptions options, ConsoleOutput output, Consumer<String> progress) {
        RunBuilder builder = new RunBuilder(scenario, options, output, progress);
        try {
            Run run = options.bare() ? builder.bare() : builder.hypervisor();
            builder.run = run;
            output.onFailure(lost -> run.submit(() -> run.stop(lost)));
            if (options.trace() != null) {
                run.trace().attach(TraceFile.open(options.trace(), run.describer()));
            }
            return run;
        } catch (NativeLibraryException error) {
            throw new InputException(String.valueOf(error.getMessage()));
        }
    }

    private Run bare() {
        Scenario.Guest guest = scenario.guest();
        if (options.wantsShippedLinux() && (options.initrd() != null || !Images.runsCommands(guest.initrd()))) {
            throw Images.noShippedLinux(scenario.name(), options);
        }
        KernelImage kernel = options.kernel() == null
                ? images.kernel(guest.kernel(), scenario.places().at("guest.kernel"))
                : images.userKernel(options.kernel());
        byte[] initrd = initrd(kernel.usesInitrd() ? guest.initrd() : null);
        GuestConsole console = new GuestConsole(output, options.until(), this::untilSeen);
        NetworkPlan plan = NetworkChecks.nativePlan(scenario, options);
        Platform platform = new Platform(scenario.board(), cores(), memory(), console, errors, trace);
        return finish(platform, plan, network -> {
            plugNative(platform, network);
            return NativeSystem.load(
                    platform,
                    scenario.name(),
                    kernel,
                    initrd,
                    options.append() == null ? guest.append() : options.append(),
                    console);
        });
    }

    /** The network device of the uplink is in the slot behind the disks. */
    private void plugNative(Platform platform, VmNetwork network) {
        VirtioNet device = network.nativeDevice(scenario.name());
        VirtioSlots slots = platform.virtio();
        int slot = options.disks().size();
        if (device != null && (slots == null || slot >= slots.count())) {
            throw new InputException("--uplink: board %s has no virtio slot left for a network device."
                    .formatted(platform.board().name()));
        }
        if (device != null && slots != null) {
            slots.plug(slot, device);
        }
    }

    private byte @Nullable [] initrd(@Nullable String named) {
        if (options.initrd() != null) {
            return Images.userBytes("initial RAM disk", options.initrd());
        }
        return named == null
                ? null
                : images.firstInitrd(
                        named, null, List.of(), Map.of(), scenario.places().at("guest.initrd"));
    }

    private Run hypervisor() {
        int cores = cores();
        if (options.memory() != null) {
            memory();
        }
        List<VmSource> sources = new VmAssembly(scenario, options, images).sources();
        long ram =
                HypervisorBoard.ramBytes(scenario.board(), options.memory() == null ? scenario.memory() : 0, sources);
        PlatformDescription description = HypervisorBoard.describe(scenario.board(), cores, ram);
        List<VmSetup> vms;
        try {
            vms = VmConfigChecker.check(sources, description, scenario.mostVms());
        } catch (ConfigException error) {
            throw new InputException(
                    error.problems().stream().map(ConfigProblem::toString).toList());
        }
        VmBackEnds.check(scenario, vms);
        List<GuestSystem.Guest> guests = new ArrayList<>();
        BoardConsole boardConsole = new BoardConsole();
        for (VmSetup vm : vms) {
            guests.add(guest(guests.size(), vm.config().name()));
        }
        NetworkPlan plan = NetworkChecks.plan(scenario, options, vms);
        Platform platform = new Platform(scenario.board(), cores, ram, boardConsole, errors, trace);
        return finish(
                platform,
                plan,
                network -> HypervisedSystem.load(
                        platform,
                        boardConsole,
                        description,
                        vms,
                        HypervisorOptions.DEFAULT.withMostVms(scenario.mostVms()),
                        new VmBackEnds(scenario, network, progress),
                        new Guests(guests, this::guest),
                        errors,
                        trace,
                        line -> screen.line("hypervisor", line)));
    }

    private GuestSystem.Guest guest(int vm, String name) {
        ByteSink sink = walkthrough.watch(name, screen.of(vm, name));
        return new GuestSystem.Guest(vm, name, new GuestConsole(sink, options.until(), this::untilSeen));
    }

    private Run finish(Platform platform, NetworkPlan plan, Function<VmNetwork, GuestSystem> load) {
        try {
            Disks disks = Disks.plug(options.disks(), platform, progress);
            try {
                VmNetwork network = VmNetwork.open(plan, platform.machine().alarms(), errors, progress);
                return finish(platform, disks, network, load);
            } catch (InputException error) {
                disks.close();
                throw error;
            }
        } catch (InputException error) {
            platform.close();
            throw error;
        }
    }

    private Run finish(Platform platform, Disks disks, VmNetwork network, Function<VmNetwork, GuestSystem> load) {
        try {
            if (options.pace() == RunOptions.Pace.REAL) {
                Pacer.start(platform.machine().alarms());
            }
            VmFiles files = new VmFiles(scenario, progress);
            GuestSystem system = load.apply(network);
            return new Run(
                    scenario, options, platform, system, screen, disks, network, files, walkthrough, errors, trace);
        } catch (InputException error) {
            network.close();
            throw error;
        }
    }

    private void untilSeen() {
        if (run != null) {
            run.untilSeen();
        }
    }

    private int cores() {
        Board.Cores limits = scenario.board().cores();
        int cores = options.cores() == null ? scenario.cores() : options.cores();
        if (cores < 1 || cores > limits.max()) {
            throw new InputException("--cores %d: board %s has 1 to %d cores."
                    .formatted(cores, scenario.board().name(), limits.max()));
        }
        return cores;
    }

    private long memory() {
        Board.Memory limits = scenario.board().memory();
        long memory = options.memory() == null ? scenario.memory() : options.memory();
        if (memory < PAGE || memory > limits.max() || memory % PAGE != 0) {
            throw new InputException(
                    "--memory: %s is not a multiple of 4 KiB up to %s, which is what board %s can have."
                            .formatted(
                                    Quantity.sizeText(memory),
                                    Quantity.sizeText(limits.max()),
                                    scenario.board().name()));
        }
        return memory;
    }
}
