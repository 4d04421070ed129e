package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.debug.TranslationRegisters;
import org.shyperlab.emulator.device.uart.SerialInput;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.hypervisor.FailureReport;
import org.shyperlab.hypervisor.FailureReportText;
import org.shyperlab.hypervisor.Hypervisor;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.OutOfHypervisorMemory;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmState;
import org.shyperlab.platforms.board.Platform;
import org.shyperlab.platforms.board.Region;
import org.shyperlab.platforms.board.SystemTree;
import org.shyperlab.platforms.input.InputException;

/** The hypervisor with its VMs on a platform: passes what it tells to consoles, trace and error log. */
final class HypervisedSystem implements GuestSystem, HypervisorListener, VmConsoles {
    private final Platform platform;
    private final PlatformDescription description;
    private final List<VmSetup> setups;
    private final HypervisorOptions options;
    private final BoardConsole boardConsole;
    private final VmBackEnds backEnds;
    private final Guests guests;
    /** The guests that print now, by the numbers of their VMs. */
    private final Map<Integer, Guest> current = new HashMap<>();

    /** Null until it is whole. */
    private @Nullable Hypervisor hypervisor;

    private final GuestErrorLog errors;
    private final Trace trace;
    private final Consumer<String> messages;
    private final List<String> failures = new ArrayList<>();
    private final RunningVms vms;

    private HypervisedSystem(
            Platform platform,
            PlatformDescription description,
            List<VmSetup> setups,
            HypervisorOptions options,
            BoardConsole boardConsole,
            VmBackEnds backEnds,
            Guests guests,
            GuestErrorLog errors,
            Trace trace,
            Consumer<String> messages) {
        this.platform = platform;
        this.description = description;
        this.setups = setups;
        this.options = options;
        this.backEnds = backEnds;
        this.boardConsole = boardConsole;
        this.guests = guests;
        this.errors = errors;
        this.trace = trace;
        this.messages = messages;
        vms = new RunningVms(
                this::hypervisor,
                this,
                backEnds.networks(),
                platform.machine().alarms().clock(),
                platform.board().cores().counterHertz());
    }

    /**
     * Builds the VMs and puts the hypervisor at EL2.
     *
     * @param boardConsole what the platform was built with
     * @param backEnds what is behind VMs' virtio devices; closed when this fails, else with the system
     * @param guests the VMs that the scenario starts, VM 0 first
     * @param messages the hypervisor's own console, line by line
     */
    static HypervisedSystem load(
            Platform platform,
            BoardConsole boardConsole,
            PlatformDescription description,
            List<VmSetup> vms,
            HypervisorOptions options,
            VmBackEnds backEnds,
            Guests guests,
            GuestErrorLog errors,
            Trace trace,
            Consumer<String> messages) {
        HypervisedSystem system = new HypervisedSystem(
                platform, description, vms, options, boardConsole, backEnds, guests, errors, trace, messages);
        try {
            system.load();
        } catch (OutOfHypervisorMemory | IllegalArgumentException error) {
            backEnds.close();
            throw new InputException(String.valueOf(error.getMessage()));
        }
        return system;
    }

    private void load() {
        platform.console().enable();
        for (int i = 0; i < setups.size(); i++) {
            VmConfig config = setups.get(i).config();
            if (BoardConsole.belongsTo(platform.board(), config)) {
                boardConsole.owner(guests.of(i, config.name()).console());
            }
        }
        Hypervisor built = HypervisorBoard.hypervisor(platform, description, setups, options, backEnds, this);
        built.deviceTrees((config, ramdisk) -> tree(platform, config, ramdisk));
        hypervisor = built;
        platform.machine().install(built);
    }

    private Hypervisor hypervisor() {
        return Objects.requireNonNull(hypervisor);
    }

    /** VMs that were made meanwhile are gone; those of the scenario start again, with the consoles that they have. */
    @Override
    public void restart() {
        hypervisor().control().abandon();
        hypervisor = null;
        current.forEach((id, guest) -> {
            if (id >= setups.size() || !setups.get(id).config().name().equals(guest.name())) {
                guest.console().removed();
            }
        });
        current.clear();
        platform.reset();
        load();
    }

    /** The tree of a VM that the management VM configures. */
    private static byte[] tree(Platform platform, VmConfig config, @Nullable MemoryRegion ramdisk) {
        Region initrd = ramdisk == null ? null : new Region("initial RAM disk", ramdisk.base(), ramdisk.length());
        try {
            return VmTree.blob(
                    platform.board(),
                    config.name(),
                    config,
                    new SystemTree.Chosen(config.commandLine(), initrd, config.name()));
        } catch (InputException error) {
            throw new IllegalArgumentException(String.valueOf(error.getMessage()), error);
        }
    }

    @Override
    public List<Guest> guests() {
        return guests.all();
    }

    @Override
    public boolean type(int value) {
        return vms.type(0, value);
    }

    @Override
    public void close() {
        backEnds.close();
    }

    @Override
    public List<String> failures() {
        return failures;
    }

    @Override
    public void consoleOutput(int vm, byte value) {
        guest(vm).console().put(value);
    }

    @Override
    public void removed(int vm) {
        Guest gone = current.remove(vm);
        if (gone != null) {
            gone.console().removed();
        }
    }

    /** The board's serial port belongs to the VM that it was passed through to: what comes out of it is that VM's. */
    @Override
    public void stateChanged(int vm, VmState state) {
        Hypervisor whole = hypervisor;
        Vm starting = whole == null || state != VmState.PENDING
                ? null
                : whole.control().find(vm);
        if (starting == null) {
            return;
        }
        Guest guest = guest(vm);
        if (ownsBoardConsole(starting)) {
            boardConsole.owner(guest.console());
        }
    }

    private boolean ownsBoardConsole(Vm vm) {
        return BoardConsole.belongsTo(platform.board(), vm.config());
    }

    @Override
    public GuestConsole of(int vm) {
        return guest(vm).console();
    }

    @Override
    public @Nullable SerialInput keyboard(int id) {
        Vm vm = find(id);
        return vm.console() == null && ownsBoardConsole(vm) ? platform.console() : vm.keyboard();
    }

    private Vm find(int id) {
        return Objects.requireNonNull(hypervisor().control().find(id));
    }

    @Override
    public RunningVms vms() {
        return vms;
    }

    private Guest guest(int id) {
        Guest known = current.get(id);
        if (known == null) {
            known = guests.of(id, find(id).name());
            current.put(id, known);
        }
        return known;
    }

    @Override
    public void interruptTaken(int core, int interrupt) {
        trace.physicalInterrupt(core, interrupt);
    }

    @Override
    public void interruptInjected(Vcpu vcpu, int interrupt) {
        trace.injected(vcpu.vm(), vcpu.index(), interrupt);
    }

    @Override
    public void failed(FailureReport report) {
        TranslationRegisters registers = TranslationRegisters.of(platform.core(report.core()));
        failures.add(String.join(
                System.lineSeparator(),
                FailureReportText.lines(report, platform.machine().bus(), registers)));
    }

    @Override
    public void guestError(Vcpu vcpu, String format, Object... arguments) {
        errors.report(vcpu.core(), vcpu.toString(), format, arguments);
    }

    @Override
    public void message(String line) {
        messages.accept(line);
    }

    @Override
    public GuestErrors deviceErrors(int vm) {
        return errors;
    }
}
