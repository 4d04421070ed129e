package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.device.uart.SerialInput;
import org.shyperlab.emulator.time.CounterScale;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.hypervisor.Hypervisor;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.ConfigProblem;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.hypervisor.memory.OutOfHypervisorMemory;
import org.shyperlab.hypervisor.net.DropReason;
import org.shyperlab.hypervisor.net.PortCounters;
import org.shyperlab.hypervisor.net.SwitchPort;
import org.shyperlab.hypervisor.net.VirtualSwitch;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.VmState;
import org.shyperlab.platforms.input.InputException;

/**
 * The VMs of a run as somebody outside the machine sees them: lists them, gives them orders, watches their consoles. All of it on the
 * machine's thread ({@link Run#submit}). VMs are named by their number or their name; what cannot be done is an {@link InputException}
 * that says why, and changes nothing.
 */
public final class RunningVms {
    private final Supplier<Hypervisor> hypervisor;
    private final VmConsoles consoles;
    private final List<VirtualSwitch> networks;
    private final VirtualClock clock;
    private final CounterScale counter;

    /** @param hypervisor the one that runs; after a reset of the board it is another one */
    RunningVms(
            Supplier<Hypervisor> hypervisor,
            VmConsoles consoles,
            List<VirtualSwitch> networks,
            VirtualClock clock,
            long counterHertz) {
        this.hypervisor = hypervisor;
        this.consoles = consoles;
        this.networks = networks;
        this.clock = clock;
        counter = CounterScale.of(clock.hertz(), counterHertz);
    }

    private VmControl control() {
        return hypervisor.get().control();
    }

    /** Virtual time of the machine. */
    public double virtualSeconds() {
        return (double) clock.cycles() / clock.hertz();
    }

    /** All VMs, in the order of their numbers. */
    public List<VmFigures> figures() {
        return control().vms().stream().map(this::figures).toList();
    }

    /** One VM. */
    public VmFigures figures(String which) {
        return figures(find(which));
    }

    private VmFigures figures(Vm vm) {
        List<VmFigures.Vcpu> vcpus = new ArrayList<>();
        for (Vcpu vcpu : vm.vcpus()) {
            Map<TrapKind, Long> traps = new EnumMap<>(TrapKind.class);
            for (TrapKind kind : TrapKind.values()) {
                if (vcpu.traps(kind) > 0) {
                    traps.put(kind, vcpu.traps(kind));
                }
            }
            vcpus.add(new VmFigures.Vcpu(vcpu.core(), vcpu.interruptsInjected(), traps));
        }
        double seconds = (double) vm.time(counter.ticks(clock.cycles())) / counter.counterHertz();
        return new VmFigures(
                vm.id(), vm.name(), vm.config().type().label(), vm.state().label(), seconds, vcpus, ports(vm.id()));
    }

    private List<VmFigures.Port> ports(int vm) {
        List<VmFigures.Port> ports = new ArrayList<>();
        for (VirtualSwitch network : networks) {
            for (SwitchPort port : network.ports()) {
                if (port.owner() == vm) {
                    ports.add(port(port.name(), port.counters()));
                }
            }
        }
        return ports;
    }

    private static VmFigures.Port port(String device, PortCounters counted) {
        Map<String, Long> dropped = new LinkedHashMap<>();
        for (DropReason reason : DropReason.values()) {
            if (counted.dropped(reason) > 0) {
                dropped.put(reason.label(), counted.dropped(reason));
            }
        }
        return new VmFigures.Port(
                device, counted.framesIn(), counted.bytesIn(), counted.framesOut(), counted.bytesOut(), dropped);
    }

    private Vm find(String which) {
        for (Vm vm : control().vms()) {
            if (which.equals(Integer.toString(vm.id())) || which.equals(vm.name())) {
                return vm;
            }
        }
        throw new InputException("There is no VM \"%s\". There are: %s."
                .formatted(
                        which,
                        control().vms().stream()
                                .map(vm -> vm.id() + " (" + vm.name() + ")")
                                .collect(Collectors.joining(", "))));
    }

    private static InputException refused(Vm vm, String why) {
        return new InputException("VM %d (%s) is %s%s"
                .formatted(vm.id(), vm.name(), vm.state().label().toLowerCase(Locale.ROOT), why));
    }

    /** Makes a VM of a configuration that was read; it gets the smallest free number and is inactive. */
    public VmFigures create(VmSource source) {
        List<ConfigProblem> problems = hypervisor.get().check(source);
        if (!problems.isEmpty()) {
            throw new InputException(
                    problems.stream().map(ConfigProblem::toString).toList());
        }
        try {
            // The check has said that there is one.
            VmSetup setup = new VmSetup(Objects.requireNonNull(source.file().config()), source.images());
            return figures(control().create(setup));
        } catch (OutOfHypervisorMemory | IllegalArgumentException error) {
            throw new InputException(source.file().file() + ": " + error.getMessage());
        }
    }

    /** Loads and starts a VM that is off. */
    public VmFigures boot(String which) {
        Vm vm = find(which);
        if (vm.isLoadedByCalls()) {
            throw refused(vm, ", and its images come from the management VM: boot it there, with shyper vm boot.");
        }
        return order(vm, control()::boot, ": only a VM that is off can be booted.");
    }

    /** Everything of a VM stands still, its time too. */
    public VmFigures pause(String which) {
        return order(find(which), control()::pause, ": only an active VM can be paused.");
    }

    /** A paused VM goes on. */
    public VmFigures resume(String which) {
        return order(find(which), control()::resume, ": only a paused VM can be resumed.");
    }

    /**
     * Starts a VM over.
     *
     * @param force at once; else its guest is asked, which must have registered a message ring
     */
    public VmFigures reboot(String which, boolean force) {
        Vm vm = find(which);
        if (vm.state() != VmState.ACTIVE && !force) {
            throw refused(vm, ": only an active VM can be asked to reboot.");
        }
        return force
                ? order(vm, control()::reset, ": only a VM that runs can be rebooted.")
                : order(
                        vm,
                        asked -> hypervisor.get().askToReboot(asked.id()),
                        " and has no message ring, so that its guest cannot be asked to reboot; -f reboots it at once.");
    }

    /** Switches a VM off. The machine ends with its last VM. */
    public VmFigures stop(String which) {
        return order(find(which), control()::stop, ": only a VM that runs can be stopped.");
    }

    private VmFigures order(Vm vm, Predicate<Vm> what, String rule) {
        if (!what.test(vm)) {
            throw refused(vm, rule);
        }
        return figures(vm);
    }

    /** Stops a VM and takes it away with all it has. */
    public void remove(String which) {
        control().remove(find(which));
    }

    /** The number of a VM, for the console's methods. */
    public int number(String which) {
        return find(which).id();
    }

    /** Shows a watcher the end of what the VM has printed and all that it prints from now on, until {@link #unwatch} or until the VM is removed. */
    public void watch(int vm, ConsoleWatcher watcher) {
        consoles.of(vm).add(watcher);
    }

    /** Ends {@link #watch}. */
    public void unwatch(int vm, ConsoleWatcher watcher) {
        if (control().find(vm) != null) {
            consoles.of(vm).remove(watcher);
        }
    }

    /** Whether somebody can type to the VM: it has an emulated serial port, the board's, or a virtio console without a peer. */
    public boolean hasInput(int vm) {
        return consoles.keyboard(vm) != null;
    }

    /** Offers a typed byte to a VM's console; false when it cannot take it now. What is typed to a VM that is gone is lost. */
    public boolean type(int vm, int value) {
        SerialInput keyboard = control().find(vm) == null ? null : consoles.keyboard(vm);
        return keyboard == null || keyboard.receive(value);
    }
}
