package org.shyperlab.benchmarks;

import java.util.List;
import java.util.function.UnaryOperator;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.aia.Aplic;
import org.shyperlab.emulator.device.uart.Ns16550;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.FdtNode;
import org.shyperlab.emulator.devicetree.FdtWriter;
import org.shyperlab.emulator.machine.Rv64Machine;
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
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardCatalog;
import org.shyperlab.platforms.board.Interrupts;
import org.shyperlab.platforms.board.RiscvInterrupts;

/** The qemu-riscv64 and qemu-riscv64-aia boards. */
final class Rv64BenchBoard extends BenchBoard {
    private static final long ENTRY = 0x8020_0000L;
    private static final long PLIC_BYTES = 0x60_0000;

    private final Rv64Machine machine;

    private Rv64BenchBoard(
            Board board, Trace trace, Rv64Machine machine, RiscvInterrupts interrupts, UnaryOperator<Device> probe) {
        Device uart = new Ns16550(
                "uart0",
                SerialOutput.UNCONNECTED,
                interrupts.source(board.device("uart0").interrupt()),
                NO_MISTAKES);
        super(board, trace, machine, interrupts::source, 0, uart, probe);
        this.machine = machine;
    }

    /** The board of that name without a guest; {@code probe} is put between the bus and every register window. */
    static Rv64BenchBoard probed(String name, UnaryOperator<Device> probe) {
        Board board = BoardCatalog.shipped(name);
        Trace trace = new Trace();
        Rv64Machine machine = new Rv64Machine(spec(board), NO_MISTAKES, trace);
        RiscvInterrupts interrupts = RiscvInterrupts.of(board, machine, 1, NO_MISTAKES, probe);
        return new Rv64BenchBoard(board, trace, machine, interrupts, probe);
    }

    @Override
    long entry() {
        return ENTRY;
    }

    /** The frequency of time, and whether there are IMSICs: no more do the bench guests ask. */
    @Override
    byte[] deviceTree() {
        DeviceTree tree = new DeviceTree();
        tree.root()
                .add("cpus")
                .cells("timebase-frequency", Math.toIntExact(board().cores().counterHertz()));
        if (board().interrupts() instanceof Interrupts.Aia aia) {
            FdtNode files =
                    tree.root().add("imsics@" + Long.toHexString(aia.imsic().supervisor()));
            files.strings("compatible", "riscv,imsics");
        }
        return FdtWriter.write(tree);
    }

    @Override
    List<DeviceWindow> controllerWindows() {
        return List.of();
    }

    @Override
    VmConfig.Emulated emulatedController(EmulatedDeviceType type) {
        MemoryRegion window = board().interrupts() instanceof Interrupts.Aia aia
                ? new MemoryRegion(aia.supervisorDomain(), Aplic.WINDOW)
                : new MemoryRegion(((Interrupts.Plic) board().interrupts()).base(), PLIC_BYTES);
        return new VmConfig.Emulated("intc", window, 0, List.of(), type);
    }

    @Override
    List<VmConfig.Passthrough> ownController(EmulatedDeviceType type) {
        return List.of();
    }

    @Override
    Hypervisor hypervisor(PlatformDescription description, VmSetup vm, HypervisorListener listener) {
        return Hypervisor.riscv64(
                List.of(machine.core(0)),
                machine.bus(),
                description,
                List.of(vm),
                HypervisorOptions.DEFAULT,
                backEnds(),
                listener);
    }
}
