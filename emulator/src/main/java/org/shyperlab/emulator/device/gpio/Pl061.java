package org.shyperlab.emulator.device.gpio;

import static org.shyperlab.emulator.device.Register.ANY_SIZE;
import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.readWrite;
import static org.shyperlab.emulator.device.Register.writeActs;
import static org.shyperlab.emulator.device.Register.writeOnly;

import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.Register;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The PrimeCell GPIO PL061 (Arm DDI 0190): eight pins, each input or output, each input able to interrupt on a level or an edge.
 *
 * <p>Nothing is wired to the outputs; {@link #outputs} shows what the guest drives.
 */
public final class Pl061 implements MappedDevice {
    private final String name;
    private final InterruptLine interrupt;
    private final RegisterMap registers;
    private int inputs;
    private int driven;
    private int direction;
    private int levelSense;
    private int bothEdges;
    private int event;
    private int mask;
    private int edges;
    private int alternate;

    /**
     * Pins in their reset state: all inputs, all low.
     *
     * @param name the instance's name
     * @param interrupt GPIOINTR, the combined interrupt
     * @param errors where software's mistakes are reported
     */
    public Pl061(String name, InterruptLine interrupt, GuestErrors errors) {
        this.name = name;
        this.interrupt = interrupt;
        this.registers = RegisterMap.of(name, 0x1000, errors)
                // Address bits 9:2 select the pins that an access concerns (3.3.1), so this is a run of 256 registers.
                .add(writeActs(0x000, "GPIODATA", (core, pins) -> pins() & pins, this::writeData)
                        .times(256)
                        .sizes(ANY_SIZE)
                        .field("DATA", 7, 0)
                        .withVaryingReset())
                .add(pins(0x400, "GPIODIR", (core, n) -> direction, (core, n, value) -> direction = value))
                .add(pins(0x404, "GPIOIS", (core, n) -> levelSense, (core, n, value) -> levelSense = value))
                .add(pins(0x408, "GPIOIBE", (core, n) -> bothEdges, (core, n, value) -> bothEdges = value))
                .add(pins(0x40c, "GPIOIEV", (core, n) -> event, (core, n, value) -> event = value))
                .add(pins(0x410, "GPIOIE", (core, n) -> mask, (core, n, value) -> mask = value))
                .add(readOnly(0x414, "GPIORIS", (core, n) -> raised()).sizes(ANY_SIZE))
                .add(readOnly(0x418, "GPIOMIS", (core, n) -> raised() & mask).sizes(ANY_SIZE))
                .add(writeOnly(0x41c, "GPIOIC", (core, n, value) -> clearEdges(value))
                        .sizes(ANY_SIZE)
                        .field("GPIOIC", 7, 0))
                .add(pins(0x420, "GPIOAFSEL", (core, n) -> alternate, (core, n, value) -> alternate = value))
                .identification(0xfe0, "GPIOPeriphID", 0x0004_1061, ANY_SIZE)
                .identification(0xff0, "GPIOPCellID", 0xb105_f00d, ANY_SIZE)
                .build();
    }

    /** A register with one bit per pin, whose change may change the interrupt. */
    private Register pins(int offset, String register, Register.Reader reader, Register.Writer writer) {
        Register.Writer andUpdate = (core, n, value) -> {
            writer.write(core, n, value);
            update();
        };
        return readWrite(offset, register, reader, andUpdate).sizes(ANY_SIZE).field(register, 7, 0);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public RegisterMap registers() {
        return registers;
    }

    /** Reset; the input pins keep the level that is driven from outside. */
    @Override
    public void reset() {
        driven = 0;
        direction = 0;
        levelSense = 0;
        bothEdges = 0;
        event = 0;
        mask = 0;
        edges = 0;
        alternate = 0;
        update();
    }

    /** Drives input pin {@code pin} (0 to 7) from outside. */
    public void setInput(int pin, boolean high) {
        if (pin < 0 || pin > 7) {
            throw new IllegalArgumentException(name + ": a PL061 has pins 0 to 7, not " + pin);
        }
        int bit = 1 << pin;
        if ((inputs & bit) != 0 == high) {
            return;
        }
        inputs ^= bit;
        boolean wanted = (bothEdges & bit) != 0 || (event & bit) != 0 == high;
        if ((direction & bit) == 0 && (levelSense & bit) == 0 && wanted) {
            edges |= bit;
        }
        update();
    }

    /** The levels of the pins that are outputs, one bit each; inputs are zero. */
    public int outputs() {
        return driven & direction;
    }

    private int pins() {
        return driven & direction | inputs & ~direction;
    }

    private void writeData(int core, int pins, int value) {
        int concerned = pins & direction;
        driven = driven & ~concerned | value & concerned;
    }

    /** Edges are remembered until cleared; a level counts while it lasts (3.3.8). */
    private int raised() {
        int levels = ~(inputs ^ event) & levelSense & ~direction & 0xff;
        return edges & ~levelSense | levels;
    }

    private void clearEdges(int pins) {
        edges &= ~pins;
        update();
    }

    private void update() {
        interrupt.set((raised() & mask) != 0);
    }
}
