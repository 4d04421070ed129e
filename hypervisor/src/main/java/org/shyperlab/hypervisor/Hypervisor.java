package org.shyperlab.hypervisor;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalGic;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalInterrupts;
import org.shyperlab.hypervisor.scheduler.RunQueue;
import org.shyperlab.hypervisor.scheduler.aarch64.Cores;
import org.shyperlab.hypervisor.scheduler.aarch64.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vcpu.aarch64.TrapHandler;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;
import org.shyperlab.hypervisor.vm.aarch64.VmBuilder;
import org.shyperlab.hypervisor.vm.aarch64.VmControl;

/**
 * The type-1 hypervisor on AArch64 with GICv2, as software at EL2. Building one takes memory, fills the stage-2 tables and loads the
 * images; the machine then calls {@link #start} on core 0, which switches the interrupt controller on, powers on the other cores that
 * VMs need, and starts the VMs.
 */
public final class Hypervisor implements Monitor {
    private static final long PSCI_CPU_ON_64 = 0xc400_0003L;

    private final Cores cores;
    private final VmControl control;
    private final TrapHandler traps;
    private final PhysicalInterrupts interrupts;
    private final HypervisorOptions options;
    private final HypervisorListener listener;

    /**
     * Builds the hypervisor and its VMs, the first of which is the management VM.
     *
     * @param machineCores the machine's cores, by index
     * @param bus the machine's bus, with RAM and devices attached
     * @param platform the board
     * @param vms the VMs; their configurations were checked
     * @param options how to work
     * @param listener who watches
     * @throws org.shyperlab.hypervisor.memory.OutOfHypervisorMemory when the VMs need more RAM than the board has
     * @throws IllegalArgumentException when a configuration that was not checked contradicts the board
     */
    public Hypervisor(
            List<A64Core> machineCores,
            AddressSpace bus,
            PlatformDescription platform,
            List<VmSetup> vms,
            HypervisorOptions options,
            HypervisorListener listener) {
        this.options = options;
        this.listener = listener;
        cores = new Cores(listener);
        PlatformDescription.Gic gic = platform.gic();
        List<PhysicalGic> gics = new ArrayList<>();
        for (A64Core core : machineCores) {
            gics.add(new PhysicalGic(core, gic.distributor(), gic.cpuInterface(), gic.control()));
        }
        int listRegisters = gics.get(0).listRegisters();
        VmBuilder builder = new VmBuilder(bus, platform, options, cores, listener);
        List<A64Vm> built = new ArrayList<>();
        for (int id = 0; id < vms.size(); id++) {
            built.add(builder.build(id, vms.get(id), machineCores.get(0), listRegisters));
        }
        List<PhysicalCore> physical = new ArrayList<>();
        for (A64Core core : machineCores) {
            RunQueue<A64Vcpu> queue = new RunQueue<>(vcpusOf(built, core.index()));
            physical.add(new PhysicalCore(core, gics.get(core.index()), queue, options.waitTrapping()));
        }
        cores.set(physical);
        control = new VmControl(built, cores, listener);
        traps = new TrapHandler(control, listener);
        interrupts = new PhysicalInterrupts(gic.interrupts(), built, control, listener);
    }

    private static List<A64Vcpu> vcpusOf(List<A64Vm> vms, int core) {
        List<A64Vcpu> found = new ArrayList<>();
        for (A64Vm vm : vms) {
            for (A64Vcpu vcpu : vm.vcpus()) {
                if (vcpu.core() == core) {
                    found.add(vcpu);
                }
            }
        }
        return found;
    }

    /** The VMs, by id. */
    public List<? extends Vm> vms() {
        return control.vms();
    }

    @Override
    public void start(Core core) {
        PhysicalCore physical = cores.get(core.index());
        cores.enter(physical);
        if (core.index() == 0) {
            physical.gic().initialiseDistributor();
        }
        physical.initialise(options);
        listener.message("Core %d init ok".formatted(core.index()));
        if (core.index() == 0) {
            for (int other = 1; other < cores.size(); other++) {
                if (cores.get(other).queue().size() > 0) {
                    physical.core().callFirmware(PSCI_CPU_ON_64, other, 0, 0);
                }
            }
        }
        for (A64Vm vm : control.vms()) {
            if (vm.vcpus().get(0).core() == core.index()) {
                control.start(vm, physical);
            }
        }
        control.serveRequests(physical);
        physical.schedule();
        cores.enter(null);
    }

    @Override
    public void trap(Core core, Trap trap) {
        PhysicalCore physical = cores.get(core.index());
        A64Vcpu vcpu = physical.running();
        if (vcpu == null) {
            throw new IllegalStateException(
                    "core " + core.index() + " trapped (" + trap.kind() + ") while it runs no vCPU");
        }
        cores.enter(physical);
        listener.trapped(vcpu, core, trap);
        traps.handle(physical, vcpu, (A64Trap) trap);
        if (vcpu.machine().hasPartialPassthrough()) {
            control.serveRequests(physical);
        }
        if (physical.needsSchedule()) {
            physical.schedule();
        }
        cores.enter(null);
    }

    @Override
    public void interrupt(Core core) {
        PhysicalCore physical = cores.get(core.index());
        cores.enter(physical);
        A64Vcpu vcpu = physical.running();
        if (vcpu != null) {
            vcpu.count(TrapKind.IRQ);
        }
        interrupts.take(physical);
        if (physical.needsSchedule()) {
            physical.schedule();
        }
        cores.enter(null);
    }
}
