package org.shyperlab.platforms.board;

import org.shyperlab.emulator.device.power.TestFinisher;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.FdtNode;

/** Describes devices in a device tree, the same way to native systems and to guests. Bindings are those of Linux 6.12. */
final class DeviceNodes {
    private static final int LEVEL_HIGH = 4;
    private static final int EDGE_RISING = 1;
    private static final int KEY_POWER = 116;
    /** QEMU's UART and APB clock; the rate only has to be plausible, since baud rates mean nothing here. */
    private static final int APB_HERTZ = 24_000_000;

    private final DeviceTree tree;
    private final FdtNode bus;
    private final InterruptCells interrupts;
    private int clock;

    /** How an interrupt controller's binding writes an interrupt. */
    @FunctionalInterface
    interface InterruptCells {
        /** The cells for an interrupt; {@code trigger} is 4 for a high level and 1 for a rising edge. */
        int[] of(int number, int trigger);
    }

    /**
     * Describes devices of one tree.
     *
     * @param bus the node below which devices are
     * @param interrupts writes their interrupts
     */
    DeviceNodes(DeviceTree tree, FdtNode bus, InterruptCells interrupts) {
        this.tree = tree;
        this.bus = bus;
        this.interrupts = interrupts;
    }

    /**
     * Adds a device's nodes.
     *
     * @param base where this system sees the device
     */
    void add(BoardDevice device, long base) {
        switch (device.type()) {
            case PL011 -> primeCell("arm,pl011", device, base, "uartclk");
            case PL031 -> primeCell("arm,pl031", device, base, "apb_pclk");
            case PL061 -> gpio(device, base);
            case NS16550 ->
                simple("ns16550a", device, base).cells("clock-frequency", (int) device.setting("clock-hertz"));
            case GOLDFISH_RTC -> simple("google,goldfish-rtc", device, base);
            case TEST_FINISHER -> testFinisher(device, base);
            case VIRTIO_MMIO -> virtio(device, base);
        }
    }

    /** Adds the node of a device that only VMs have. */
    void add(SystemTree.Virtual device) {
        long base = device.registers().base();
        FdtNode node = bus.add(device.kind().node() + "@" + Long.toHexString(base))
                .strings("compatible", device.kind().compatible())
                .wide("reg", base, device.registers().size());
        if (device.kind() == SystemTree.VirtualKind.VIRTIO) {
            node.flag("dma-coherent");
        }
        if (device.interrupt() >= 0) {
            node.cells("interrupts", interrupts.of(device.interrupt(), LEVEL_HIGH));
        }
    }

    /** The name of a device's node; of virtio slots, of the first. */
    static String nodeName(BoardDevice device, long base) {
        String kind = switch (device.type()) {
            case PL011 -> "pl011";
            case PL031 -> "pl031";
            case PL061 -> "pl061";
            case NS16550 -> "serial";
            case GOLDFISH_RTC -> "rtc";
            case TEST_FINISHER -> "test";
            case VIRTIO_MMIO -> "virtio_mmio";
        };
        return kind + "@" + Long.toHexString(base);
    }

    private FdtNode simple(String compatible, BoardDevice device, long base) {
        return bus.add(nodeName(device, base))
                .strings("compatible", compatible)
                .wide("reg", base, device.size())
                .cells("interrupts", interrupts.of(device.interrupt(), LEVEL_HIGH));
    }

    private void testFinisher(BoardDevice device, long base) {
        FdtNode node = bus.add(nodeName(device, base))
                .strings("compatible", "sifive,test1", "sifive,test0", "syscon")
                .wide("reg", base, device.size());
        int handle = tree.phandle(node);
        syscon("poweroff", "syscon-poweroff", handle, TestFinisher.PASS);
        syscon("reboot", "syscon-reboot", handle, TestFinisher.RESET);
    }

    private void syscon(String name, String compatible, int handle, int value) {
        tree.root()
                .add(name)
                .strings("compatible", compatible)
                .cells("regmap", handle)
                .cells("offset", 0)
                .cells("value", value);
    }

    private FdtNode primeCell(String compatible, BoardDevice device, long base, String clockName) {
        FdtNode cell = bus.add(nodeName(device, base))
                .strings("compatible", compatible, "arm,primecell")
                .wide("reg", base, device.size())
                .cells("interrupts", interrupts.of(device.interrupt(), LEVEL_HIGH));
        int apb = apbClock();
        if (clockName.equals("apb_pclk")) {
            cell.strings("clock-names", clockName).cells("clocks", apb);
        } else {
            cell.strings("clock-names", clockName, "apb_pclk").cells("clocks", apb, apb);
        }
        return cell;
    }

    private void gpio(BoardDevice device, long base) {
        FdtNode gpio = primeCell("arm,pl061", device, base, "apb_pclk")
                .flag("gpio-controller")
                .cells("#gpio-cells", 2);
        int gpioHandle = tree.phandle(gpio);
        tree.root()
                .add("gpio-keys")
                .strings("compatible", "gpio-keys")
                .add("poweroff")
                .strings("label", "GPIO Key Poweroff")
                .cells("linux,code", KEY_POWER)
                .cells("gpios", gpioHandle, (int) device.setting("power-key"), 0);
    }

    private void virtio(BoardDevice device, long base) {
        for (int slot = 0; slot < device.setting("slots"); slot++) {
            long stride = device.setting("stride");
            long address = base + slot * stride;
            bus.add(nodeName(device, address))
                    .strings("compatible", "virtio,mmio")
                    .wide("reg", address, stride)
                    .cells("interrupts", interrupts.of(device.interrupt() + slot, EDGE_RISING))
                    .flag("dma-coherent");
        }
    }

    private int apbClock() {
        if (clock == 0) {
            FdtNode node = tree.root()
                    .add("apb-pclk")
                    .strings("compatible", "fixed-clock")
                    .cells("#clock-cells", 0)
                    .cells("clock-frequency", APB_HERTZ)
                    .strings("clock-output-names", "clk24mhz");
            clock = tree.phandle(node);
        }
        return clock;
    }
}
