package org.shyperlab.hypervisor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.core.riscv64.Rv64Trap;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.hypercall.riscv64.SupervisorCalls;
import org.shyperlab.hypervisor.interrupt.InterruptOwners;
import org.shyperlab.hypervisor.interrupt.riscv64.PhysicalAplic;
import org.shyperlab.hypervisor.interrupt.riscv64.PhysicalInterrupts;
import org.shyperlab.hypervisor.interrupt.riscv64.PhysicalPlic;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.scheduler.riscv64.Rv64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vcpu.riscv64.TrapHandler;
import org.shyperlab.hypervisor.vm.riscv64.Rv64VmBuilder;

/** The hypervisor on RISC-V. */
final class Rv64Architecture extends Architecture {
    private final @Nullable PhysicalPlic plic;
    private final @Nullable PhysicalAplic aplic;
    private final TrapHandler traps;
    private final PhysicalInterrupts interrupts;

    Rv64Architecture(
            List<? extends Rv64Core> harts,
            AddressSpace bus,
            PlatformDescription platform,
            HypervisorOptions options,
            BackEnds backEnds,
            HypervisorListener listener) {
        PhysicalPlic plic = platform.interrupts() instanceof PlatformDescription.Plic board
                ? new PhysicalPlic(bus, board.base(), board.sources())
                : null;
        PhysicalAplic aplic = platform.interrupts() instanceof PlatformDescription.Aia board
                ? new PhysicalAplic(bus, board.aplic(), board.sources())
                : null;
        long entry = platform.hypervisorMemory().base();
        List<Rv64PhysicalCore> physical = new ArrayList<>();
        for (Rv64Core hart : harts) {
            physical.add(new Rv64PhysicalCore(hart, platform.timeHertz(), entry, options));
        }
        Cores cores = new Cores(physical);
        InterruptOwners owners = new InterruptOwners(platform.interrupts());
        Rv64VmBuilder builder =
                new Rv64VmBuilder(bus, platform, options, cores, owners, plic, aplic, backEnds, listener);
        super(cores, builder, platform, options, listener);
        this.plic = plic;
        this.aplic = aplic;
        builder.firmware(control());
        traps = new TrapHandler(control(), new SupervisorCalls(managed().hypercalls()));
        interrupts = new PhysicalInterrupts(plic, owners, control(), listener);
    }

    @Override
    void initialiseInterrupts() {
        if (plic != null) {
            for (int hart = 0; hart < cores().size(); hart++) {
                plic.initialise(hart);
            }
        }
        if (aplic != null) {
            aplic.initialise(0);
        }
    }

    @Override
    void trap(PhysicalCore core, Vcpu vcpu, Trap trap) {
        traps.handle((Rv64PhysicalCore) core, (Rv64Vcpu) vcpu, (Rv64Trap) trap);
    }

    @Override
    void interrupt(PhysicalCore core) {
        interrupts.take((Rv64PhysicalCore) core);
    }
}
