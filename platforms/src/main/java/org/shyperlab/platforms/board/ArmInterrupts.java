package org.shyperlab.platforms.board;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.gic.GicV2;
import org.shyperlab.emulator.machine.A64Machine;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The interrupt controller of an AArch64 machine: built from the board's description, on the bus, wired to the cores and their timers.
 * {@link Platform} has one; benches build their own, to see what happens at its registers.
 */
public final class ArmInterrupts {
    private final GicV2 gic;

    /**
     * Builds the controller for {@code cores} cores.
     *
     * @param probe what is put between the bus and each register window; the identity for nothing
     */
    public ArmInterrupts(
            Interrupts.Arm interrupts, A64Machine machine, int cores, GuestErrors errors, UnaryOperator<Device> probe) {
        InterruptInputs[] pins = new InterruptInputs[cores];
        Arrays.setAll(pins, machine::interruptInputs);
        Board.Gic described = interrupts.gic();
        gic = new GicV2(described.name(), described.spis(), pins, errors);
        AddressSpace bus = machine.bus();
        bus.attach(probe.apply(gic.distributor()), described.distributor());
        bus.attach(probe.apply(gic.cpuInterface()), described.cpuInterface());
        bus.attach(probe.apply(gic.virtualControl()), described.hypervisorInterface());
        bus.attach(probe.apply(gic.virtualCpuInterface()), described.virtualInterface());
        Board.Timers timers = interrupts.timers();
        for (int core = 0; core < cores; core++) {
            machine.wireTimers(
                    core,
                    gic.ppi(core, Board.FIRST_PPI + timers.physical()),
                    gic.ppi(core, Board.FIRST_PPI + timers.virtual()),
                    gic.ppi(core, Board.FIRST_PPI + timers.hypervisor()));
        }
    }

    /** The input of a shared peripheral interrupt, as device trees number it. */
    public InterruptLine source(int number) {
        return gic.spi(number);
    }
}
