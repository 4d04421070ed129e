package org.shyperlab.hypervisor.memory;

import java.lang.foreign.Arena;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.uart.Pl011;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;
import org.shyperlab.emulator.trace.GuestErrors;

/** A bus with RAM and one device, for tests of tables. */
public final class Ram {
    /** First address of the RAM. */
    public static final long BASE = 0x4000_0000L;
    /** Its size. */
    public static final long SIZE = 0x0800_0000L;
    /** The device's window. */
    public static final long DEVICE = 0x0900_0000L;

    private Ram() {}

    /** A fresh bus. */
    public static AddressSpace bus() {
        AddressSpace bus = new AddressSpace(GuestErrors.IGNORE);
        bus.addRam(new PhysicalMemory("ram", BASE, Arena.ofAuto().allocate(SIZE, 0x1000)));
        bus.attach(new Pl011("uart0", SerialOutput.UNCONNECTED, InterruptLine.UNCONNECTED, GuestErrors.IGNORE), DEVICE);
        return bus;
    }

    /** Pages in the first 16 MiB. */
    public static PagePool pool(AddressSpace bus) {
        return new PagePool(bus, new MemoryRegion(BASE, 0x100_0000));
    }
}
