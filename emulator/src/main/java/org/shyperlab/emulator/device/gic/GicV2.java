package org.shyperlab.emulator.device.gic;

import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * A GICv2 with virtualization extensions and without security extensions: distributor, and per core a CPU interface and a virtual CPU
 * interface with four list registers.
 *
 * <p>The four windows are banked by the core that accesses them; an access by no core sees core 0's bank. The maintenance interrupt
 * is wired to PPI {@value #MAINTENANCE} of its core.
 */
public final class GicV2 {
    /** Interrupt identifier of the maintenance interrupt. */
    public static final int MAINTENANCE = 25;

    private final InterruptTable table;
    private final PhysicalCpuInterface[] physical;
    private final VirtualCpuInterface[] virtual;
    private final MappedDevice distributor;
    private final MappedDevice cpuInterface;
    private final MappedDevice virtualControl;
    private final MappedDevice virtualCpuInterface;
    private final InterruptLine[] spis;
    private final InterruptLine[][] ppis;

    /** One of the four windows. */
    private record Window(String name, RegisterMap registers, Runnable resetAction) implements MappedDevice {
        @Override
        public void reset() {
            resetAction.run();
        }
    }

    /**
     * A GIC in its reset state.
     *
     * @param name instance name; the windows are called name-distributor, name-cpu, name-hypervisor, name-vcpu
     * @param spis number of shared interrupts: a multiple of 32 up to 960, or 988
     * @param cores the interrupt pins of each core, 1 to 8
     * @param errors where software's mistakes are reported
     */
    public GicV2(String name, int spis, InterruptInputs[] cores, GuestErrors errors) {
        if (cores.length < 1 || cores.length > 8) {
            throw new IllegalArgumentException(name + ": a GICv2 serves 1 to 8 cores, not " + cores.length);
        }
        if (spis < 0 || spis > 960 && spis != 988 || spis % 32 != 0 && spis != 988) {
            throw new IllegalArgumentException(
                    name + ": the number of SPIs is a multiple of 32 up to 960, or 988; it is not " + spis);
        }
        table = new InterruptTable(cores.length, InterruptTable.PRIVATES + spis);
        physical = new PhysicalCpuInterface[cores.length];
        virtual = new VirtualCpuInterface[cores.length];
        ppis = new InterruptLine[cores.length][InterruptTable.PRIVATES];
        for (int core = 0; core < cores.length; core++) {
            physical[core] = new PhysicalCpuInterface(table, core, cores[core], name + "-cpu", errors);
            for (int id = InterruptTable.SGIS; id < InterruptTable.PRIVATES; id++) {
                ppis[core][id] = wire(core, id);
            }
            virtual[core] =
                    new VirtualCpuInterface(table, core, cores[core], ppis[core][MAINTENANCE], name + "-vcpu", errors);
        }
        this.spis = new InterruptLine[spis];
        for (int n = 0; n < spis; n++) {
            this.spis[n] = wire(0, InterruptTable.PRIVATES + n);
        }
        String distributorName = name + "-distributor";
        String cpuName = name + "-cpu";
        String hypervisorName = name + "-hypervisor";
        String vcpuName = name + "-vcpu";
        distributor =
                new Window(distributorName, DistributorRegisters.of(distributorName, table, errors), table::reset);
        cpuInterface =
                new Window(cpuName, CpuInterfaceRegisters.physical(cpuName, physical, errors), this::resetPhysical);
        virtualControl = new Window(
                hypervisorName, VirtualControlRegisters.of(hypervisorName, virtual, errors), this::resetVirtual);
        virtualCpuInterface =
                new Window(vcpuName, CpuInterfaceRegisters.virtual(vcpuName, virtual, errors), this::resetVirtual);
        reset();
    }

    private InterruptLine wire(int core, int id) {
        return high -> table.drive(core, id, high);
    }

    private void resetPhysical() {
        for (PhysicalCpuInterface each : physical) {
            each.reset();
        }
        table.offerAll();
    }

    private void resetVirtual() {
        for (VirtualCpuInterface each : virtual) {
            each.reset();
        }
    }

    /** Resets all four windows. Inputs keep the level their sources drive. */
    public void reset() {
        distributor.reset();
        resetVirtual();
        resetPhysical();
    }

    /** GICD, 4 KiB. */
    public MappedDevice distributor() {
        return distributor;
    }

    /** GICC, 8 KiB. */
    public MappedDevice cpuInterface() {
        return cpuInterface;
    }

    /** GICH, 4 KiB: for the hypervisor. */
    public MappedDevice virtualControl() {
        return virtualControl;
    }

    /** GICV, 8 KiB: mapped into guests where they expect GICC. */
    public MappedDevice virtualCpuInterface() {
        return virtualCpuInterface;
    }

    /** Input of shared interrupt {@code n}, which has identifier 32 + n. */
    public InterruptLine spi(int n) {
        return spis[n];
    }

    /** A core's input of private interrupt {@code id}, 16 to 31. */
    public InterruptLine ppi(int core, int id) {
        if (id < InterruptTable.SGIS || id >= InterruptTable.PRIVATES) {
            throw new IllegalArgumentException("private interrupts have identifiers 16 to 31, not " + id);
        }
        return ppis[core][id];
    }

    /** Whether an interrupt is pending; {@code core} matters for private ones. */
    public boolean isPending(int core, int id) {
        return table.isPending(core, id);
    }

    /** Whether an interrupt is active; {@code core} matters for private ones. */
    public boolean isActive(int core, int id) {
        return table.active.has(core, id);
    }

    /** Whether an interrupt is enabled; {@code core} matters for private ones. */
    public boolean isEnabled(int core, int id) {
        return table.enabled.has(core, id);
    }

    /** How many interrupts a core has acknowledged at its CPU interface since construction. */
    public long acknowledged(int core) {
        return physical[core].acknowledged();
    }
}
