package org.shyperlab.benchmarks;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.uart.Pl011;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.machine.A64Machine;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.hypervisor.Hypervisor;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.PlatformDescription.DeviceWindow;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.platforms.board.ArmInterrupts;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardCatalog;
import org.shyperlab.platforms.board.Interrupts;

/** The qemu-aarch64 board. */
final class A64BenchBoard extends BenchBoard {
    /** Where images are loaded and entered. */
    static final long ENTRY = 0x4008_0000L;

    private static final long INTERFACE_BYTES = 0x2000;
    private static final int VIRTUAL_TIMER = 27;

    private final A64Machine machine;

    private A64BenchBoard(
            Board board, Trace trace, A64Machine machine, ArmInterrupts interrupts, UnaryOperator<Device> probe) {
        Device uart = new Pl011(
                "uart0",
                SerialOutput.UNCONNECTED,
                interrupts.source(board.device("uart0").interrupt()),
                NO_MISTAKES);
        super(board, trace, machine, interrupts::source, Board.FIRST_SPI, uart, probe);
        this.machine = machine;
    }

    /** The board without a guest; {@code probe} is put between the bus and every register window. */
    static A64BenchBoard probed(UnaryOperator<Device> probe) {
        Board board = BoardCatalog.shipped("qemu-aarch64");
        Trace trace = new Trace();
        A64Machine machine = new A64Machine(spec(board), NO_MISTAKES, trace);
        ArmInterrupts interrupts =
                new ArmInterrupts((Interrupts.Arm) board.interrupts(), machine, 1, NO_MISTAKES, probe);
        return new A64BenchBoard(board, trace, machine, interrupts, probe);
    }

    /** The board without a guest. */
    static A64BenchBoard plain() {
        return probed(UnaryOperator.identity());
    }

    @Override
    A64Machine machine() {
        return machine;
    }

    @Override
    long entry() {
        return ENTRY;
    }

    @Override
    byte @Nullable [] deviceTree() {
        return null;
    }

    @Override
    List<DeviceWindow> controllerWindows() {
        Board.Gic at = board().gic();
        return List.of(
                new DeviceWindow("gicc", new MemoryRegion(at.cpuInterface(), INTERFACE_BYTES), List.of()),
                new DeviceWindow("gicv", new MemoryRegion(at.virtualInterface(), INTERFACE_BYTES), List.of()));
    }

    @Override
    VmConfig.Emulated emulatedController(EmulatedDeviceType type) {
        MemoryRegion window = new MemoryRegion(board().gic().distributor(), 0x1000);
        return new VmConfig.Emulated("intc", window, 0, List.of(), type);
    }

    @Override
    List<VmConfig.Passthrough> ownController(EmulatedDeviceType type) {
        Board.Gic at = board().gic();
        long physical = type == EmulatedDeviceType.GPPT ? at.cpuInterface() : at.virtualInterface();
        MemoryRegion window = new MemoryRegion(at.cpuInterface(), INTERFACE_BYTES);
        return List.of(new VmConfig.Passthrough("gicc", physical, window, List.of(VIRTUAL_TIMER)));
    }

    @Override
    Hypervisor hypervisor(PlatformDescription description, VmSetup vm, HypervisorListener listener) {
        return Hypervisor.aarch64(
                List.of(machine.core(0)),
                machine.bus(),
                description,
                List.of(vm),
                HypervisorOptions.DEFAULT,
                backEnds(),
                listener);
    }
}
