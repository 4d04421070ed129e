package org.shyperlab.platforms.board;

import java.util.List;
import java.util.Map;
import org.shyperlab.emulator.core.Cost;

/**
 * A board as its file describes it, checked whole.
 *
 * @param name name on the command line
 * @param description one line for people
 * @param architecture what its cores are
 * @param compatible the root's {@code compatible} in the device tree
 * @param cores the cores and their clocks
 * @param costs price and source of every {@link Cost}
 * @param memory where RAM is and how much of it
 * @param interrupts the interrupt controllers
 * @param console name of the device that is the serial console
 * @param devices everything else on the bus
 */
public record Board(
        String name,
        String description,
        Architecture architecture,
        String compatible,
        Cores cores,
        Map<Cost, Price> costs,
        Memory memory,
        Interrupts interrupts,
        String console,
        List<BoardDevice> devices) {

    /** INTID of the first private peripheral interrupt: device trees count PPIs from here. */
    public static final int FIRST_PPI = 16;

    /** INTID of the first shared peripheral interrupt: device trees count SPIs from here. */
    public static final int FIRST_SPI = 32;

    /**
     * The cores.
     *
     * @param model AArch64: the processor's name as in device trees, without the vendor; RISC-V: the ISA string
     * @param mmu RISC-V: the widest address translation, for example sv57; AArch64: empty
     * @param max how many cores the board can have
     * @param standard how many it has when nobody asks
     * @param hertz core clock
     * @param counterHertz CNTFRQ_EL0
     * @param quantum cycles that one core runs before the next has its turn
     */
    public record Cores(String model, String mmu, int max, int standard, long hertz, long counterHertz, long quantum) {}

    /**
     * What one event costs.
     *
     * @param cycles core cycles
     * @param source where the figure is from
     */
    public record Price(long cycles, String source) {}

    /** RAM: its name, first address, default size and largest size in bytes. */
    public record Memory(String name, long base, long standard, long max) {}

    /**
     * A GICv2 with virtualization extensions.
     *
     * @param spis number of shared peripheral interrupts
     * @param maintenance PPI of the maintenance interrupt, as device trees number it
     */
    public record Gic(
            String name,
            long distributor,
            long cpuInterface,
            long hypervisorInterface,
            long virtualInterface,
            int spis,
            int maintenance) {}

    /** PPIs of the generic timers, as device trees number them. */
    public record Timers(int securePhysical, int physical, int virtual, int hypervisor) {}

    /** The GIC of an AArch64 board. */
    public Gic gic() {
        return arm().gic();
    }

    /** The generic timers of an AArch64 board. */
    public Timers timers() {
        return arm().timers();
    }

    private Interrupts.Arm arm() {
        if (interrupts instanceof Interrupts.Arm arm) {
            return arm;
        }
        throw new IllegalStateException(name + " is no AArch64 board");
    }

    /** The device with that name. */
    public BoardDevice device(String deviceName) {
        return devices.stream()
                .filter(device -> device.name().equals(deviceName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " has no device " + deviceName));
    }
}
