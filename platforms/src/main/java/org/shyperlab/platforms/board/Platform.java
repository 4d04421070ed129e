package org.shyperlab.platforms.board;

import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.Cost;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.gpio.Pl061;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.device.uart.SerialPort;
import org.shyperlab.emulator.device.virtio.VirtioSlots;
import org.shyperlab.emulator.machine.A64Machine;
import org.shyperlab.emulator.machine.Machine;
import org.shyperlab.emulator.machine.MachineSpec;
import org.shyperlab.emulator.machine.Rv64Machine;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.emulator.trace.Trace;

/** A machine built from a board: RAM, interrupt controller, devices and timers in place, nothing loaded, not started. */
public final class Platform implements AutoCloseable {
    private final Board board;
    private final int cores;
    private final long ramBytes;
    private final Machine machine;
    private final Runnable firmware;
    private final SerialPort console;
    private final @Nullable Pl061 powerKeyPort;
    private final @Nullable VirtioSlots virtio;
    private final int powerKey;

    /**
     * Builds the machine.
     *
     * @param cores how many cores, up to the board's maximum
     * @param ramBytes how much RAM, a multiple of 4096 up to the board's maximum
     * @param output takes what the guest sends on the board's console, and on RISC-V what firmware prints for it
     * @param errors takes guests' mistakes; gets the machine's clock
     * @param trace records traps and interrupts; gets the machine's clock
     */
    public Platform(Board board, int cores, long ramBytes, SerialOutput output, GuestErrorLog errors, Trace trace) {
        this.board = board;
        this.cores = cores;
        this.ramBytes = ramBytes;
        Board.Cores spec = board.cores();
        MachineSpec machineSpec =
                new MachineSpec(board.name(), cores, spec.hertz(), spec.counterHertz(), spec.quantum(), costs(board));
        IntFunction<InterruptLine> inputs;
        if (board.interrupts() instanceof Interrupts.Arm arm) {
            A64Machine built = new A64Machine(machineSpec, errors, trace);
            inputs = new ArmInterrupts(arm, built, cores, errors, UnaryOperator.identity())::source;
            machine = built;
            firmware = () -> {};
        } else {
            Rv64Machine built = new Rv64Machine(machineSpec, errors, trace);
            built.firmwareConsole(new FirmwareConsole(output));
            RiscvInterrupts interrupts = RiscvInterrupts.of(board, built, cores, errors, UnaryOperator.identity());
            inputs = interrupts::source;
            firmware = interrupts::initialise;
            machine = built;
        }
        errors.clock(machine.alarms().clock());
        machine.addRam(board.memory().name(), board.memory().base(), ramBytes);

        DeviceFactory factory = new DeviceFactory(
                machine.alarms(), inputs, machine.bus(), new MachinePower(machine::requestStop), errors);
        SerialPort foundConsole = null;
        Pl061 foundPort = null;
        VirtioSlots foundSlots = null;
        int foundKey = 0;
        for (BoardDevice described : board.devices()) {
            boolean isConsole = described.name().equals(board.console());
            Device device = factory.build(described, isConsole ? output : SerialOutput.UNCONNECTED);
            machine.bus().attach(device, described.base());
            if (isConsole) {
                foundConsole = (SerialPort) device;
            }
            if (device instanceof VirtioSlots slots) {
                foundSlots = slots;
            }
            if (device instanceof Pl061 port) {
                foundPort = port;
                foundKey = Math.toIntExact(described.setting("power-key"));
            }
        }
        if (foundConsole == null) {
            throw new IllegalStateException(board.name() + " has no console; the board reader lets none pass");
        }
        console = foundConsole;
        powerKeyPort = foundPort;
        virtio = foundSlots;
        powerKey = foundKey;
    }

    private static CostTable costs(Board board) {
        long[] cycles = new long[Cost.values().length];
        board.costs().forEach((cost, price) -> cycles[cost.ordinal()] = price.cycles());
        return new CostTable(cycles);
    }

    /** The board's firmware prints and reads on the board's console. */
    private final class FirmwareConsole implements Rv64Machine.FirmwareConsole {
        private final SerialOutput output;

        FirmwareConsole(SerialOutput output) {
            this.output = output;
        }

        @Override
        public void write(int character) {
            output.put(character);
        }

        @Override
        public int read() {
            return console.poll();
        }
    }

    /** Resets the board ({@link Machine#reset}); its firmware does what it does before the first guest starts. */
    public void reset() {
        machine.reset();
        firmware.run();
    }

    /** The board it was built from. */
    public Board board() {
        return board;
    }

    /** Number of cores. */
    public int cores() {
        return cores;
    }

    /** RAM in bytes. */
    public long ramBytes() {
        return ramBytes;
    }

    /** The machine. */
    public Machine machine() {
        return machine;
    }

    /** A core of the machine, as software at the hypervisor's level sees it. */
    public Core core(int index) {
        return switch (board.architecture()) {
            case AARCH64 -> a64Machine().core(index);
            case RISCV64 -> rv64Machine().core(index);
        };
    }

    /** The machine of an AArch64 board. */
    public A64Machine a64Machine() {
        if (machine instanceof A64Machine built) {
            return built;
        }
        throw new IllegalStateException(board.name() + " is no AArch64 board");
    }

    /** The machine of a RISC-V board. */
    public Rv64Machine rv64Machine() {
        if (machine instanceof Rv64Machine built) {
            return built;
        }
        throw new IllegalStateException(board.name() + " is no RISC-V board");
    }

    /** The board's serial console, for input. */
    public SerialPort console() {
        return console;
    }

    /** The board's virtio slots, to plug devices into before the machine starts; null when it has none. */
    public @Nullable VirtioSlots virtio() {
        return virtio;
    }

    /** Presses and releases the power key, which asks the operating system to power off. */
    public void pressPowerKey() {
        if (powerKeyPort != null) {
            powerKeyPort.setInput(powerKey, true);
            powerKeyPort.setInput(powerKey, false);
        }
    }

    @Override
    public void close() {
        machine.close();
    }
}
