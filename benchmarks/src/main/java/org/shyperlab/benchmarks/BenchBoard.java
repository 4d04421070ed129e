package org.shyperlab.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.machine.Machine;
import org.shyperlab.emulator.machine.MachineSpec;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.hypervisor.BackEnds;
import org.shyperlab.hypervisor.Hypervisor;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.PlatformDescription.DeviceWindow;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmType;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.run.HypervisorBoard;

/**
 * A board with one core and the parts that bench guests use, at the addresses of its board file, and a {@link Doorbell}. It is wired
 * here and not by {@link org.shyperlab.platforms.board.Platform} so that a bench can put a probe between the bus and a device.
 */
abstract class BenchBoard implements AutoCloseable {
    /** Window of the {@link Doorbell}, where no board has anything. */
    static final long DOORBELL = 0x0b00_0000L;

    /** The doorbell's interrupt as device trees number it. */
    static final int DOORBELL_SOURCE = 60;

    static final GuestErrors NO_MISTAKES = (core, source, format, arguments) -> {
        throw new IllegalStateException(
                "a bench guest makes no mistakes, but " + source + ": " + format.formatted(arguments));
    };

    private static final long RAM_BYTES = 64 << 20;
    private static final long GUEST_BYTES = 16 << 20;
    private static final long HYPERVISOR_BYTES = 4 << 20;
    private static final int PAGE = 4096;

    private final Board board;
    private final Trace trace;
    private final Machine machine;
    private final IntFunction<InterruptLine> sources;
    private final int firstInterrupt;
    private final Doorbell doorbell;
    private BackEnds backEnds = BackEnds.NONE;
    private List<VmConfig.Emulated> devices = List.of();

    /**
     * The board without a guest.
     *
     * @param machine one core and its interrupt controller, nothing else
     * @param sources its inputs, as device trees number them
     * @param firstInterrupt what the hypervisor adds to such a number
     * @param uart the console's port
     * @param probe put between the bus and every register window; the identity for none
     */
    BenchBoard(
            Board board,
            Trace trace,
            Machine machine,
            IntFunction<InterruptLine> sources,
            int firstInterrupt,
            Device uart,
            UnaryOperator<Device> probe) {
        this.board = board;
        this.trace = trace;
        this.machine = machine;
        this.sources = sources;
        this.firstInterrupt = firstInterrupt;
        machine.addRam(board.memory().name(), board.memory().base(), RAM_BYTES);
        machine.bus().attach(probe.apply(uart), uartAddress());
        doorbell = new Doorbell(machine.alarms(), sources.apply(DOORBELL_SOURCE));
        machine.bus().attach(probe.apply(doorbell), DOORBELL);
    }

    static MachineSpec spec(Board board) {
        Board.Cores cores = board.cores();
        return new MachineSpec(board.name(), 1, cores.hertz(), cores.counterHertz(), cores.quantum(), CostTable.FREE);
    }

    /** Where images are loaded and entered, for guest and host alike. */
    abstract long entry();

    /** The device tree that a guest needs to find its way, or null when it needs none. */
    abstract byte @Nullable [] deviceTree();

    /** Windows of the interrupt controller that VMs may have to themselves. */
    abstract List<DeviceWindow> controllerWindows();

    /** The VM's emulated interrupt controller. */
    abstract VmConfig.Emulated emulatedController(EmulatedDeviceType type);

    /** The VM's own windows of the interrupt controller. */
    abstract List<VmConfig.Passthrough> ownController(EmulatedDeviceType type);

    abstract Hypervisor hypervisor(PlatformDescription description, VmSetup vm, HypervisorListener listener);

    final Board board() {
        return board;
    }

    Machine machine() {
        return machine;
    }

    /** The bench's own device. */
    final Doorbell doorbell() {
        return doorbell;
    }

    /** An interrupt input, as device trees number it. */
    final InterruptLine source(int number) {
        return sources.apply(number);
    }

    /** What software calls the doorbell's interrupt. */
    final int doorbellInterrupt() {
        return firstInterrupt + DOORBELL_SOURCE;
    }

    final long uartAddress() {
        return board.device(board.console()).base();
    }

    final Trace trace() {
        return trace;
    }

    /** A fresh copy of a bare-metal guest for this board. */
    final byte[] image(String name) {
        return BareMetalGuests.load(board.architecture().label(), name);
    }

    private long treeAddress() {
        return board.memory().base() + GUEST_BYTES / 2;
    }

    /** Gives the VM to come emulated devices besides its interrupt controller, and what is behind them. */
    final void equip(BackEnds newBackEnds, List<VmConfig.Emulated> newDevices) {
        backEnds = newBackEnds;
        devices = List.copyOf(newDevices);
    }

    final BackEnds backEnds() {
        return backEnds;
    }

    /** The core enters the image at the guest's level and nothing is above it. */
    final void bootNatively(byte[] image) {
        machine.bus().writeRam(entry(), image);
        byte[] tree = deviceTree();
        if (tree != null) {
            machine.bus().writeRam(treeAddress(), tree);
        }
        machine.bootNatively(entry(), tree == null ? 0 : treeAddress());
    }

    /** The core starts {@code monitor}, which is to enter the image at {@link #entry}. */
    final void bootUnder(Monitor monitor, byte[] image) {
        machine.bus().writeRam(entry(), image);
        machine.install(monitor);
    }

    /** The image becomes VM 0 of the hypervisor, with this kind of interrupt controller. */
    final Hypervisor bootUnderHypervisor(EmulatedDeviceType interrupts, byte[] image, HypervisorListener listener) {
        List<VmSetup.Image> images = new ArrayList<>();
        images.add(new VmSetup.Image("guest", entry(), image));
        byte[] tree = deviceTree();
        if (tree != null) {
            images.add(new VmSetup.Image("device tree", treeAddress(), tree));
        }
        VmSetup vm = new VmSetup(configuration(interrupts, tree == null ? 0 : treeAddress()), images);
        Hypervisor hypervisor = hypervisor(description(), vm, listener);
        machine.install(hypervisor);
        return hypervisor;
    }

    private PlatformDescription description() {
        long ram = board.memory().base();
        List<DeviceWindow> windows = new ArrayList<>(controllerWindows());
        windows.add(new DeviceWindow("uart0", page(uartAddress()), List.of(uartInterrupt())));
        windows.add(new DeviceWindow("doorbell", page(DOORBELL), List.of(doorbellInterrupt())));
        return new PlatformDescription(
                1,
                HypervisorBoard.controller(board),
                new MemoryRegion(ram, HYPERVISOR_BYTES),
                List.of(new MemoryRegion(ram + HYPERVISOR_BYTES, RAM_BYTES - HYPERVISOR_BYTES)),
                windows,
                board.cores().counterHertz());
    }

    private VmConfig configuration(EmulatedDeviceType interrupts, long treeAddress) {
        List<VmConfig.Passthrough> own = new ArrayList<>(ownController(interrupts));
        own.add(passthrough("uart0", uartAddress(), uartInterrupt()));
        own.add(passthrough("doorbell", DOORBELL, doorbellInterrupt()));
        List<VmConfig.Emulated> emulated = new ArrayList<>(devices);
        emulated.addFirst(emulatedController(interrupts));
        return new VmConfig(
                "bench",
                VmType.VM_T_BARE_MATEL_APP,
                "",
                new VmConfig.Image("bench", entry(), entry(), null, treeAddress, null, 0),
                List.of(new MemoryRegion(board.memory().base(), GUEST_BYTES)),
                new VmConfig.Cpu(1, 1, 0),
                emulated,
                own,
                List.of());
    }

    private static VmConfig.Passthrough passthrough(String name, long address, int interrupt) {
        return new VmConfig.Passthrough(name, address, page(address), List.of(interrupt));
    }

    private static MemoryRegion page(long address) {
        return new MemoryRegion(address, PAGE);
    }

    private int uartInterrupt() {
        return firstInterrupt + board.device(board.console()).interrupt();
    }

    @Override
    public final void close() {
        machine.close();
    }
}
