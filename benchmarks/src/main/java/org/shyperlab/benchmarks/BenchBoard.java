package org.shyperlab.benchmarks;

import java.util.List;
import java.util.function.UnaryOperator;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.gic.GicV2;
import org.shyperlab.emulator.device.uart.Pl011;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.machine.A64Machine;
import org.shyperlab.emulator.machine.MachineSpec;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.hypervisor.Hypervisor;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.PlatformDescription.DeviceWindow;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmType;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardCatalog;

/**
 * The qemu-aarch64 board with one core and the parts that bench guests use, at the addresses of its board file, and a {@link Doorbell}. It is wired here and
 * not by {@link org.shyperlab.platforms.board.Platform} so that a bench can put a probe between the bus and a device.
 */
final class BenchBoard implements AutoCloseable {
    /** Where images are loaded and entered, for guest and host alike. */
    static final long ENTRY = 0x4008_0000L;

    /** Window and shared interrupt of the {@link Doorbell}, where the board has nothing. */
    static final long EXTRA_DEVICE = 0x0b00_0000L;

    static final int EXTRA_INTERRUPT = 132;

    private static final long RAM_BYTES = 64 << 20;
    private static final long GUEST_BYTES = 16 << 20;
    private static final long HYPERVISOR_BYTES = 4 << 20;

    private final Board board = BoardCatalog.shipped("qemu-aarch64");
    private final Trace trace = new Trace();
    private final A64Machine machine;
    private final GicV2 gic;
    private final Doorbell doorbell;

    /**
     * The board without a guest.
     *
     * @param probe put between the bus and every register window; the identity for none
     */
    BenchBoard(UnaryOperator<Device> probe) {
        Board.Cores cores = board.cores();
        GuestErrors errors = (core, source, format, arguments) -> {
            throw new IllegalStateException(
                    "a bench guest makes no mistakes, but " + source + ": " + format.formatted(arguments));
        };
        machine = new A64Machine(
                new MachineSpec(board.name(), 1, cores.hertz(), cores.counterHertz(), cores.quantum(), CostTable.FREE),
                errors,
                trace);
        machine.addRam(board.memory().name(), board.memory().base(), RAM_BYTES);
        Board.Gic at = board.gic();
        Board.Timers timers = board.timers();
        gic = new GicV2(at.name(), at.spis(), new InterruptInputs[] {machine.interruptInputs(0)}, errors);
        machine.wireTimers(
                0,
                gic.ppi(0, Board.FIRST_PPI + timers.physical()),
                gic.ppi(0, Board.FIRST_PPI + timers.virtual()),
                gic.ppi(0, Board.FIRST_PPI + timers.hypervisor()));
        Pl011 uart = new Pl011(
                "uart0", SerialOutput.UNCONNECTED, gic.spi(board.device("uart0").interrupt()), errors);
        machine.bus().attach(probe.apply(gic.distributor()), at.distributor());
        machine.bus().attach(probe.apply(gic.cpuInterface()), at.cpuInterface());
        machine.bus().attach(probe.apply(gic.virtualControl()), at.hypervisorInterface());
        machine.bus().attach(probe.apply(gic.virtualCpuInterface()), at.virtualInterface());
        machine.bus().attach(probe.apply(uart), board.device("uart0").base());
        doorbell = new Doorbell(machine.alarms(), gic.spi(EXTRA_INTERRUPT - Board.FIRST_SPI));
        machine.bus().attach(doorbell, EXTRA_DEVICE);
    }

    A64Machine machine() {
        return machine;
    }

    GicV2 gic() {
        return gic;
    }

    /** The bench's own device. */
    Doorbell doorbell() {
        return doorbell;
    }

    Board.Gic gicAddresses() {
        return board.gic();
    }

    long uartAddress() {
        return board.device("uart0").base();
    }

    Trace trace() {
        return trace;
    }

    /** Core 0 enters the image at EL1 and nothing is above it. */
    void bootNatively(byte[] image) {
        machine.bus().writeRam(ENTRY, image);
        machine.bootNatively(ENTRY, 0);
    }

    /** Core 0 starts {@code monitor}, which is to enter the image at {@link #ENTRY}. */
    void bootUnder(Monitor monitor, byte[] image) {
        machine.bus().writeRam(ENTRY, image);
        machine.install(monitor);
    }

    /** The image becomes VM 0 of the hypervisor, with the distributor emulated (GICD) or passed through in part (GPPT). */
    Hypervisor bootUnderHypervisor(EmulatedDeviceType interrupts, byte[] image, HypervisorListener listener) {
        VmSetup vm = new VmSetup(configuration(interrupts), List.of(new VmSetup.Image("guest", ENTRY, image)));
        List<A64Core> cores = List.of(machine.core(0));
        Hypervisor hypervisor = Hypervisor.aarch64(
                cores, machine.bus(), description(), List.of(vm), HypervisorOptions.DEFAULT, listener);
        machine.install(hypervisor);
        return hypervisor;
    }

    private PlatformDescription description() {
        Board.Gic at = board.gic();
        long ram = board.memory().base();
        return new PlatformDescription(
                1,
                new PlatformDescription.Gic(
                        at.distributor(),
                        at.cpuInterface(),
                        at.hypervisorInterface(),
                        at.virtualInterface(),
                        Board.FIRST_SPI + at.spis()),
                new MemoryRegion(ram, HYPERVISOR_BYTES),
                List.of(new MemoryRegion(ram + HYPERVISOR_BYTES, RAM_BYTES - HYPERVISOR_BYTES)),
                List.of(
                        new DeviceWindow("gicc", new MemoryRegion(at.cpuInterface(), 0x2000), List.of()),
                        new DeviceWindow("gicv", new MemoryRegion(at.virtualInterface(), 0x2000), List.of()),
                        new DeviceWindow("uart0", new MemoryRegion(uartAddress(), 0x1000), List.of(uartInterrupt())),
                        new DeviceWindow("extra", new MemoryRegion(EXTRA_DEVICE, 0x1000), List.of(EXTRA_INTERRUPT))),
                board.cores().counterHertz());
    }

    private VmConfig configuration(EmulatedDeviceType interrupts) {
        Board.Gic at = board.gic();
        long guestInterface = interrupts == EmulatedDeviceType.GPPT ? at.cpuInterface() : at.virtualInterface();
        return new VmConfig(
                "bench",
                VmType.VM_T_BARE_MATEL_APP,
                "",
                new VmConfig.Image("bench", ENTRY, ENTRY, null, 0, null, 0),
                List.of(new MemoryRegion(board.memory().base(), GUEST_BYTES)),
                new VmConfig.Cpu(1, 1, 0),
                List.of(new VmConfig.Emulated(
                        "intc", new MemoryRegion(at.distributor(), 0x1000), 0, List.of(), interrupts)),
                List.of(
                        new VmConfig.Passthrough(
                                "gicc", guestInterface, new MemoryRegion(at.cpuInterface(), 0x2000), List.of(27)),
                        new VmConfig.Passthrough(
                                "uart0",
                                uartAddress(),
                                new MemoryRegion(uartAddress(), 0x1000),
                                List.of(uartInterrupt())),
                        new VmConfig.Passthrough(
                                "extra",
                                EXTRA_DEVICE,
                                new MemoryRegion(EXTRA_DEVICE, 0x1000),
                                List.of(EXTRA_INTERRUPT))),
                List.of());
    }

    private int uartInterrupt() {
        return Board.FIRST_SPI + board.device("uart0").interrupt();
    }

    /** A fresh copy of a bare-metal guest. */
    static byte[] image(String name) {
        return BareMetalGuests.load(BareMetalGuests.AARCH64, name);
    }

    @Override
    public void close() {
        machine.close();
    }
}
