package org.shyperlab.hypervisor;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.interrupt.InterruptOwners;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalGic;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalInterrupts;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vcpu.aarch64.TrapHandler;
import org.shyperlab.hypervisor.vm.aarch64.A64VmBuilder;

/** The hypervisor on AArch64 with a GICv2. */
final class A64Architecture extends Architecture {
    private final TrapHandler traps;
    private final PhysicalInterrupts interrupts;

    A64Architecture(
            List<? extends A64Core> machineCores,
            AddressSpace bus,
            PlatformDescription platform,
            HypervisorOptions options,
            BackEnds backEnds,
            HypervisorListener listener) {
        if (!(platform.interrupts() instanceof PlatformDescription.Gic gic)) {
            throw new IllegalArgumentException("an AArch64 board has a GIC, not " + platform.interrupts());
        }
        List<A64PhysicalCore> physical = new ArrayList<>();
        for (A64Core core : machineCores) {
            PhysicalGic view = new PhysicalGic(core, gic.distributor(), gic.cpuInterface(), gic.control());
            physical.add(new A64PhysicalCore(core, view, platform.timeHertz(), options));
        }
        Cores cores = new Cores(physical);
        InterruptOwners owners = new InterruptOwners(gic);
        super(
                cores,
                new A64VmBuilder(bus, platform, options, cores, owners, backEnds, listener),
                platform,
                options,
                listener);
        traps = new TrapHandler(control(), managed().hypercalls(), listener);
        interrupts = new PhysicalInterrupts(owners, control(), listener);
    }

    @Override
    void initialiseInterrupts() {
        ((A64PhysicalCore) cores().get(0)).gic().initialiseDistributor();
    }

    @Override
    void trap(PhysicalCore core, Vcpu vcpu, Trap trap) {
        if (trap instanceof A64Trap.Abort && vcpu.machine().stageTwo().isWithheld()) {
            // No fault of the guest's: it has to stop, or goes on at this very instruction.
            control().serveRequests(core);
            return;
        }
        traps.handle((A64PhysicalCore) core, (A64Vcpu) vcpu, (A64Trap) trap);
    }

    @Override
    void interrupt(PhysicalCore core) {
        interrupts.take((A64PhysicalCore) core);
    }
}
