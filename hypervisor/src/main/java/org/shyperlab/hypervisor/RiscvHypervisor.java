package org.shyperlab.hypervisor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.core.riscv64.Rv64Trap;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.hypercall.riscv64.SupervisorCalls;
import org.shyperlab.hypervisor.interrupt.riscv64.PhysicalPlic;
import org.shyperlab.hypervisor.interrupt.riscv64.VirtualPlic;
import org.shyperlab.hypervisor.scheduler.RunQueue;
import org.shyperlab.hypervisor.scheduler.riscv64.Harts;
import org.shyperlab.hypervisor.scheduler.riscv64.PhysicalHart;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vcpu.riscv64.TrapHandler;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.riscv64.Rv64Vm;
import org.shyperlab.hypervisor.vm.riscv64.Rv64VmBuilder;
import org.shyperlab.hypervisor.vm.riscv64.VmControl;

/** The type-1 hypervisor on RISC-V with a PLIC, as software at HS. Otherwise as {@link Hypervisor}. */
public final class RiscvHypervisor implements Monitor {
    private static final long SOFTWARE = 1 << 1;
    private static final long TIMER = 1 << 5;
    private static final long EXTERNAL = 1 << 9;
    private static final long HART_START = 0;

    private final Harts harts = new Harts();
    /** Where harts begin, as far as the firmware is concerned: it wants an address in RAM. */
    private final long entry;

    private final PhysicalPlic plic;
    private final @Nullable VirtualPlic[] owners;
    private final VmControl control;
    private final TrapHandler traps;
    private final HypervisorListener listener;

    /**
     * Builds the hypervisor and its VMs, the first of which is the management VM.
     *
     * @param machineHarts the machine's harts, by index
     * @param timeHertz frequency of their time CSR
     * @param bus the machine's bus, with RAM and devices attached
     * @param platform the board
     * @param vms the VMs
     * @param options how to work; guest physical addresses have 41 bits whatever they say
     * @param listener who watches
     * @throws org.shyperlab.hypervisor.memory.OutOfHypervisorMemory when the VMs need more RAM than the board has
     * @throws IllegalArgumentException when a configuration contradicts the board
     */
    public RiscvHypervisor(
            List<? extends Rv64Core> machineHarts,
            long timeHertz,
            AddressSpace bus,
            RiscvPlatform platform,
            List<VmSetup> vms,
            HypervisorOptions options,
            HypervisorListener listener) {
        this.listener = listener;
        entry = platform.hypervisorMemory().base();
        plic = new PhysicalPlic(bus, platform.plic().base(), platform.plic().sources());
        Rv64VmBuilder builder = new Rv64VmBuilder(bus, platform, options, harts, plic, listener);
        List<Rv64Vm> built = new ArrayList<>();
        for (int id = 0; id < vms.size(); id++) {
            built.add(builder.build(id, vms.get(id), machineHarts.get(0)));
        }
        List<PhysicalHart> physical = new ArrayList<>();
        for (Rv64Core core : machineHarts) {
            RunQueue<Rv64Vcpu> queue = new RunQueue<>(vcpusOf(built, core.index()));
            physical.add(new PhysicalHart(core, queue, timeHertz, options.waitTrapping()));
        }
        harts.set(physical);
        owners = ownersOf(built, platform.plic().sources());
        control = new VmControl(built, harts, listener);
        traps = new TrapHandler(control, new SupervisorCalls(control, harts, listener));
    }

    private static List<Rv64Vcpu> vcpusOf(List<Rv64Vm> vms, int hart) {
        List<Rv64Vcpu> found = new ArrayList<>();
        for (Rv64Vm vm : vms) {
            for (Rv64Vcpu vcpu : vm.vcpus()) {
                if (vcpu.core() == hart) {
                    found.add(vcpu);
                }
            }
        }
        return found;
    }

    private static @Nullable VirtualPlic[] ownersOf(List<Rv64Vm> vms, int sources) {
        VirtualPlic[] owners = new VirtualPlic[sources + 1];
        for (Rv64Vm vm : vms) {
            VirtualPlic owner = vm.plic();
            for (int source = 1; owner != null && source <= sources; source++) {
                if (owner.isLinked(source)) {
                    if (owners[source] != null) {
                        throw new IllegalArgumentException("interrupt %d has two owners".formatted(source));
                    }
                    owners[source] = owner;
                }
            }
        }
        return owners;
    }

    /** The VMs, by id. */
    public List<? extends Vm> vms() {
        return control.vms();
    }

    @Override
    public void start(Core core) {
        PhysicalHart hart = harts.get(core.index());
        harts.enter(hart);
        hart.initialise();
        listener.message("Core %d init ok".formatted(core.index()));
        if (core.index() == 0) {
            for (int each = 0; each < harts.size(); each++) {
                plic.initialise(each);
            }
            for (int other = 1; other < harts.size(); other++) {
                if (harts.get(other).queue().size() > 0) {
                    hart.core().callFirmware(Sbi.HSM, HART_START, other, entry, 0);
                }
            }
        }
        for (Rv64Vm vm : control.vms()) {
            if (vm.vcpus().get(0).core() == core.index()) {
                control.start(vm, hart);
            }
        }
        control.serveRequests(hart);
        hart.schedule();
        harts.enter(null);
    }

    @Override
    public void trap(Core core, Trap trap) {
        PhysicalHart hart = harts.get(core.index());
        Rv64Vcpu vcpu = hart.running();
        if (vcpu == null) {
            throw new IllegalStateException(
                    "hart " + core.index() + " trapped (" + trap.kind() + ") while it runs no vCPU");
        }
        harts.enter(hart);
        listener.trapped(vcpu, core, trap);
        traps.handle(hart, vcpu, (Rv64Trap) trap);
        if (hart.needsSchedule()) {
            hart.schedule();
        }
        harts.enter(null);
    }

    @Override
    public void interrupt(Core core) {
        PhysicalHart hart = harts.get(core.index());
        harts.enter(hart);
        Rv64Vcpu vcpu = hart.running();
        if (vcpu != null) {
            vcpu.count(TrapKind.IRQ);
        }
        long pending = hart.core().get(Csr.SIP) & hart.core().get(Csr.SIE);
        if ((pending & SOFTWARE) != 0) {
            hart.core().set(Csr.SIP, 0);
            control.serveRequests(hart);
        }
        if ((pending & TIMER) != 0) {
            hart.timerFired();
        }
        if ((pending & EXTERNAL) != 0) {
            takeExternal(core.index());
        }
        if (hart.needsSchedule()) {
            hart.schedule();
        }
        harts.enter(null);
    }

    private void takeExternal(int hart) {
        int source = plic.claim(hart);
        if (source == 0) {
            return; // another hart was faster
        }
        listener.interruptTaken(hart, source);
        VirtualPlic owner = owners[source];
        if (owner == null) {
            throw new IllegalStateException("interrupt " + source + " is enabled and has no owner");
        }
        owner.raise(source, hart);
    }
}
