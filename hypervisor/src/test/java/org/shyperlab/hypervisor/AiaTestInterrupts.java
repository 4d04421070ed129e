package org.shyperlab.hypervisor;

import java.util.Arrays;
import org.shyperlab.emulator.core.riscv64.HartInterruptInputs;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.aia.Aplic;
import org.shyperlab.emulator.device.aia.Imsic;
import org.shyperlab.emulator.machine.Rv64Machine;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;

/** APLIC and IMSICs at QEMU virt's addresses, set up as firmware leaves them. */
final class AiaTestInterrupts {
    static final long MACHINE_DOMAIN = 0x0c00_0000L;
    static final long APLIC = 0x0d00_0000L;
    static final long MACHINE_FILES = 0x2400_0000L;
    static final long FILES = 0x2800_0000L;
    static final int SOURCES = 95;
    static final int IDENTITIES = 63;
    static final int GUEST_FILES = 3;
    static final long HART_STRIDE = Imsic.hartStride(GUEST_FILES);
    /** More than VMs that a test has. */
    static final int MANY_GUEST_FILES = 7;

    private static final int DELEGATED = 1 << 10;

    private AiaTestInterrupts() {}

    /** Gives the machine both, with so many guest files per hart; the APLIC has the devices' sources. */
    static Aplic attach(Rv64Machine machine, int guestFiles, GuestErrors errors) {
        HartInterruptInputs[] pins = new HartInterruptInputs[machine.spec().cores()];
        Arrays.setAll(pins, machine::interruptInputs);
        Imsic imsic = new Imsic("imsic", IDENTITIES, guestFiles, pins, errors);
        for (int hart = 0; hart < pins.length; hart++) {
            machine.connect(hart, imsic.hart(hart));
        }
        machine.bus().attach(imsic.machineWindow(), MACHINE_FILES);
        machine.bus().attach(imsic.supervisorWindow(), FILES);
        return aplic(machine.bus(), pins.length, guestFiles, errors);
    }

    private static Aplic aplic(AddressSpace bus, int harts, int guestFiles, GuestErrors errors) {
        InterruptLine[] unconnected = new InterruptLine[harts];
        Arrays.fill(unconnected, InterruptLine.UNCONNECTED);
        Aplic aplic = new Aplic(
                "aplic",
                new Aplic.Parameters(SOURCES, 3, 6),
                unconnected,
                unconnected,
                (address, data) -> bus.write(Device.NO_CORE, address, 4, data),
                errors);
        bus.attach(aplic.machineDomain(), MACHINE_DOMAIN);
        bus.attach(aplic.supervisorDomain(), APLIC);
        int hartBits = Integer.SIZE - Integer.numberOfLeadingZeros(harts - 1);
        bus.write(-1, MACHINE_DOMAIN + 0x1bc0, 4, MACHINE_FILES >>> 12);
        bus.write(-1, MACHINE_DOMAIN + 0x1bc4, 4, hartBits << 12);
        bus.write(-1, MACHINE_DOMAIN + 0x1bc8, 4, FILES >>> 12);
        bus.write(-1, MACHINE_DOMAIN + 0x1bcc, 4, Imsic.guestIndexBits(guestFiles) << 20);
        for (int source = 1; source <= SOURCES; source++) {
            bus.write(-1, MACHINE_DOMAIN + 4L * source, 4, DELEGATED);
        }
        return aplic;
    }
}
