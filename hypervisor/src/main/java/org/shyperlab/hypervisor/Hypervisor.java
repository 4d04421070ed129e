package org.shyperlab.hypervisor;

import java.util.List;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.config.ConfigProblem;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.hypervisor.hypercall.Hypercalls;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmControl;

/**
 * The type-1 hypervisor: software at EL2 on AArch64 with GICv2, at HS on RISC-V with PLIC or AIA. Building one takes memory, fills the
 * stage-2 tables and loads the images; the machine then calls {@link #start} on core 0, which switches the interrupt controller on,
 * powers on the other cores that VMs need, and starts the VMs.
 */
public final class Hypervisor implements Monitor {
    private final Architecture architecture;
    private final Cores cores;
    private final VmControl control;
    private final HypervisorListener listener;

    private Hypervisor(Architecture architecture, List<VmSetup> vms, HypervisorListener listener) {
        this.architecture = architecture;
        this.listener = listener;
        cores = architecture.cores();
        control = architecture.control();
        for (VmSetup vm : vms) {
            control.prepare(control.create(vm));
        }
    }

    /**
     * Builds the hypervisor and its VMs, the first of which is the management VM.
     *
     * @param machineCores the machine's cores, by index
     * @param bus the machine's bus, with RAM and devices attached
     * @param platform the board, which has a GIC
     * @param vms the VMs; their configurations were checked
     * @param options how to work
     * @param backEnds what VMs' virtio devices have behind them
     * @param listener who watches
     * @throws org.shyperlab.hypervisor.memory.OutOfHypervisorMemory when the VMs need more RAM than the board has
     * @throws IllegalArgumentException when a configuration that was not checked contradicts the board
     */
    public static Hypervisor aarch64(
            List<? extends A64Core> machineCores,
            AddressSpace bus,
            PlatformDescription platform,
            List<VmSetup> vms,
            HypervisorOptions options,
            BackEnds backEnds,
            HypervisorListener listener) {
        return new Hypervisor(
                new A64Architecture(machineCores, bus, platform, options, backEnds, listener), vms, listener);
    }

    /**
     * The same on RISC-V; guest physical addresses have 41 bits whatever the options say.
     *
     * @param harts the machine's harts, by index
     * @param platform the board, which has a PLIC or AIA
     */
    public static Hypervisor riscv64(
            List<? extends Rv64Core> harts,
            AddressSpace bus,
            PlatformDescription platform,
            List<VmSetup> vms,
            HypervisorOptions options,
            BackEnds backEnds,
            HypervisorListener listener) {
        return new Hypervisor(new Rv64Architecture(harts, bus, platform, options, backEnds, listener), vms, listener);
    }

    /** The VMs, in the order of their ids. */
    public List<Vm> vms() {
        return List.copyOf(control.vms());
    }

    /** Orders to VMs from outside the machine. Give them between two turns only, on the machine's thread. */
    public VmControl control() {
        return control;
    }

    /** What keeps a VM from being created beside those there are, in words for people; empty when nothing does. */
    public List<ConfigProblem> check(VmSource candidate) {
        return architecture.managed().check(candidate);
    }

    /** Asks a VM's guest to restart by itself; false when it has no message ring, so that nobody hears. */
    public boolean askToReboot(int vm) {
        return architecture.managed().hypercalls().askToReboot(vm);
    }

    /** Hypercalls as VMs make them; for tests and tools, between two turns only, on the machine's thread. */
    public Hypercalls hypercalls() {
        return architecture.managed().hypercalls();
    }

    /** Sets who makes the device trees of VMs that the management VM configures. */
    public void deviceTrees(DeviceTrees maker) {
        architecture.managed().deviceTrees(maker);
    }

    @Override
    public void start(Core core) {
        PhysicalCore physical = cores.get(core.index());
        cores.enter(physical);
        if (core.index() == 0) {
            architecture.initialiseInterrupts();
        }
        physical.initialise();
        if (core.index() == 0) {
            cores.powerOnNeeded(physical);
        }
        for (Vm vm : control.vms()) {
            control.startHere(vm, physical);
        }
        control.serveRequests(physical);
        physical.schedule();
        cores.enter(null);
    }

    @Override
    public void trap(Core core, Trap trap) {
        PhysicalCore physical = cores.get(core.index());
        Vcpu vcpu = physical.running();
        if (vcpu == null) {
            throw new IllegalStateException(
                    "core " + core.index() + " trapped (" + trap.kind() + ") while it runs no vCPU");
        }
        cores.enter(physical);
        listener.trapped(vcpu, core, trap);
        architecture.trap(physical, vcpu, trap);
        if (vcpu.ownsInterrupts()) {
            control.serveRequests(physical);
        }
        finish(physical);
    }

    @Override
    public void interrupt(Core core) {
        PhysicalCore physical = cores.get(core.index());
        cores.enter(physical);
        Vcpu vcpu = physical.running();
        if (vcpu != null) {
            vcpu.count(TrapKind.IRQ);
        }
        architecture.interrupt(physical);
        finish(physical);
    }

    private void finish(PhysicalCore physical) {
        if (physical.needsSchedule()) {
            physical.schedule();
        }
        cores.enter(null);
    }
}
