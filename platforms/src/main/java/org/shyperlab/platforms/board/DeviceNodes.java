package org.shyperlab.platforms.board;

import org.shyperlab.emulator.device.virtio.EmptyVirtioSlots;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.FdtNode;

/** Describes devices in a device tree, the same way to native systems and to guests. Bindings are those of Linux 6.12. */
final class DeviceNodes {
    private static final int LEVEL_HIGH = 4;
    private static final int EDGE_RISING = 1;
    private static final int SPI = 0;
    private static final int KEY_POWER = 116;
    /** QEMU's UART and APB clock; the rate only has to be plausible, since baud rates mean nothing here. */
    private static final int APB_HERTZ = 24_000_000;

    private final DeviceTree tree;
    private int clock;

    DeviceNodes(DeviceTree tree) {
        this.tree = tree;
    }

    /**
     * Adds a device's nodes below the root.
     *
     * @param base where this system sees the device
     */
    void add(BoardDevice device, long base) {
        switch (device.type()) {
            case PL011 -> primeCell("pl011", "arm,pl011", device, base, "uartclk");
            case PL031 -> primeCell("pl031", "arm,pl031", device, base, "apb_pclk");
            case PL061 -> gpio(device, base);
            case VIRTIO_MMIO -> virtio(device, base);
        }
    }

    /** The path of a console's node, for {@code stdout-path}. */
    static String consolePath(long base) {
        return "/pl011@" + Long.toHexString(base);
    }

    private FdtNode primeCell(String node, String compatible, BoardDevice device, long base, String clockName) {
        FdtNode cell = tree.root()
                .add(node + "@" + Long.toHexString(base))
                .strings("compatible", compatible, "arm,primecell")
                .wide("reg", base, device.size())
                .cells("interrupts", SPI, device.interrupt(), LEVEL_HIGH);
        int apb = apbClock();
        if (clockName.equals("apb_pclk")) {
            cell.strings("clock-names", clockName).cells("clocks", apb);
        } else {
            cell.strings("clock-names", clockName, "apb_pclk").cells("clocks", apb, apb);
        }
        return cell;
    }

    private void gpio(BoardDevice device, long base) {
        FdtNode gpio = primeCell("pl061", "arm,pl061", device, base, "apb_pclk")
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
            long address = base + (long) slot * EmptyVirtioSlots.SLOT_BYTES;
            tree.root()
                    .add("virtio_mmio@" + Long.toHexString(address))
                    .strings("compatible", "virtio,mmio")
                    .wide("reg", address, EmptyVirtioSlots.SLOT_BYTES)
                    .cells("interrupts", SPI, device.interrupt() + slot, EDGE_RISING)
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
