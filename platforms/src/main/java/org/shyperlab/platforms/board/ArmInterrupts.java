package org.shyperlab.platforms.board;

import java.util.Arrays;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.gic.GicV2;
import org.shyperlab.emulator.machine.A64Machine;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;

/** The interrupt controller of an AArch64 machine: built from the board's description, on the bus, wired to the cores and their timers. */
final class ArmInterrupts {
    private final GicV2 gic;

    /** Builds the controller for {@code cores} cores. */
    ArmInterrupts(Interrupts.Arm interrupts, A64Machine machine, int cores, GuestErrors errors) {
        InterruptInputs[] pins = new InterruptInputs[cores];
        Arrays.setAll(pins, machine::interruptInputs);
        Board.Gic described = interrupts.gic();
        gic = new GicV2(described.name(), described.spis(), pins, errors);
        AddressSpace bus = machine.bus();
        bus.attach(gic.distributor(), described.distributor());
        bus.attach(gic.cpuInterface(), described.cpuInterface());
        bus.attach(gic.virtualControl(), described.hypervisorInterface());
        bus.attach(gic.virtualCpuInterface(), described.virtualInterface());
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
    InterruptLine source(int number) {
        return gic.spi(number);
    }
}
