package org.shyperlab.hypervisor.vm.aarch64;

import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.uart.Pl011;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.device.uart.SerialPort;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.BackEnds;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.interrupt.InterruptOwners;
import org.shyperlab.hypervisor.interrupt.aarch64.Distributor;
import org.shyperlab.hypervisor.interrupt.aarch64.DistributorRegisters;
import org.shyperlab.hypervisor.interrupt.aarch64.InterruptRouter;
import org.shyperlab.hypervisor.interrupt.aarch64.PartialPassthrough;
import org.shyperlab.hypervisor.interrupt.aarch64.VcpuInterrupts;
import org.shyperlab.hypervisor.memory.PagePool;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;

/** What AArch64 VMs are made of beside RAM: stage-2 table, virtual GIC and vCPUs. */
public final class A64VmBuilder extends VmBuilder {
    private final AddressSpace bus;
    private final int ipaBits;
    private final int interrupts;
    private final int listRegisters;
    private final InterruptRouter router;

    /** A builder that hands out the memory of {@code platform}. */
    public A64VmBuilder(
            AddressSpace bus,
            PlatformDescription platform,
            HypervisorOptions options,
            Cores cores,
            InterruptOwners owners,
            BackEnds backEnds,
            HypervisorListener listener) {
        super(bus, platform, options, cores, owners, backEnds, listener);
        this.bus = bus;
        ipaBits = options.ipaBits();
        interrupts = platform.interrupts().count();
        listRegisters = ((A64PhysicalCore) cores.get(0)).gic().listRegisters();
        router = new VcpuInterrupts(cores, listener);
    }

    @Override
    protected Vm newVm(int id, VmSetup setup, PagePool pages) {
        int[] placement = setup.config().cpu().cores();
        Distributor distributor = new Distributor(router, placement, interrupts, listRegisters);
        return new A64Vm(id, setup, bus, new StageTwoTable(bus, pages, ipaBits), distributor);
    }

    @Override
    protected Vcpu addVcpu(Vm vm, int index, PhysicalCore home) {
        A64Vm machine = (A64Vm) vm;
        A64Vcpu vcpu = new A64Vcpu(
                machine, index, (A64PhysicalCore) home, machine.distributor().cpuInterface(index));
        machine.add(vcpu);
        return vcpu;
    }

    @Override
    protected void connect(Vm vm, VmConfig.Passthrough device, int interrupt) {
        ((A64Vm) vm).distributor().link(interrupt);
    }

    @Override
    protected EmulatedDevice device(Vm vm, VmConfig.Emulated emulated) {
        long size = emulated.region().length();
        return switch (emulated.type()) {
            case GICD -> new DistributorRegisters(((A64Vm) vm).distributor(), size);
            case GPPT -> new PartialPassthrough(router, vm.config(), size);
            default ->
                throw new IllegalArgumentException("device %s of VM %s: type %s is not implemented"
                        .formatted(emulated.name(), vm.name(), emulated.type()));
        };
    }

    @Override
    protected SerialPort serialPort(String name, SerialOutput output, InterruptLine interrupt, GuestErrors errors) {
        return new Pl011(name, output, interrupt, errors);
    }
}
