package org.shyperlab.platforms.board;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.FdtNode;

/**
 * Builds the device tree that an operating system on a board gets: natively with everything the board has, in a VM with what the VM's
 * configuration gives it. Follows the bindings that Linux documents for QEMU's virt board.
 */
public final class SystemTree {
    private static final int SPI = 0;
    private static final int PPI = 1;
    private static final int LEVEL_HIGH = 4;
    private static final int LEVEL_LOW = 8;
    private static final int CPU_MASK_SHIFT = 8;
    /** As many as Linux wants before it has random numbers for everybody; without them programs wait for seconds. */
    private static final int SEED_BYTES = 32;

    /**
     * What the loader tells the kernel through {@code /chosen}.
     *
     * @param bootArguments the kernel's command line
     * @param initrd where the initial RAM disk is, or null
     * @param guest the guest's name, which is what its first random numbers are made of: other numbers in each guest, the same in each
     *     run; null for a tree without them
     */
    public record Chosen(
            String bootArguments,
            @Nullable Region initrd,
            @Nullable String guest) {}

    /**
     * A device that a system sees.
     *
     * @param device what the board says of it
     * @param base where this system sees it
     */
    public record Visible(BoardDevice device, long base) {}

    /**
     * What a VM sees of the machine.
     *
     * @param cores number of vCPUs
     * @param memory RAM, as guest-physical ranges
     * @param controller its interrupt controller
     * @param devices devices passed through or emulated, by their board description
     * @param virtual devices that only VMs have
     * @param console the console's guest-physical address, or null
     */
    public record Guest(
            int cores,
            List<Region> memory,
            Controller controller,
            List<Visible> devices,
            List<Virtual> virtual,
            @Nullable Long console) {}

    /** Kinds of devices that only VMs have. */
    public enum VirtualKind {
        /** The channel to the hypervisor. */
        SHYPER("shyper", "shyper"),
        /** A virtio device behind registers. */
        VIRTIO("virtio_mmio", "virtio,mmio");

        private final String node;
        private final String compatible;

        VirtualKind(String node, String compatible) {
            this.node = node;
            this.compatible = compatible;
        }

        /** How its node's name begins. */
        String node() {
            return node;
        }

        /** What drivers know it by. */
        String compatible() {
            return compatible;
        }
    }

    /**
     * A device that the hypervisor makes, at guest-physical addresses.
     *
     * @param kind what it is
     * @param registers its registers, and what else belongs to it
     * @param interrupt its number as in the board's description, negative for none
     */
    public record Virtual(VirtualKind kind, Region registers, int interrupt) {}

    /** The interrupt controller that a VM sees, at guest-physical addresses. */
    public sealed interface Controller {
        /** A GICv2. */
        record Gic(Region distributor, Region cpuInterface) implements Controller {}

        /** A PLIC. */
        record Plic(Region registers) implements Controller {}

        /**
         * An APLIC that sends messages to the vCPUs' interrupt files.
         *
         * @param files the file of vCPU 0; the next follows a hart's stride later, as on the board
         */
        record Aplic(Region registers, long files) implements Controller {}
    }

    private final Board board;
    private final DeviceTree tree = new DeviceTree();

    private SystemTree(Board board) {
        this.board = board;
    }

    /** The tree of a system that runs on the bare board with {@code cores} cores and {@code ramBytes} of RAM. */
    public static DeviceTree ofBoard(Board board, int cores, long ramBytes, Chosen chosen) {
        List<Region> memory =
                List.of(new Region(board.memory().name(), board.memory().base(), ramBytes));
        List<Visible> devices = board.devices().stream()
                .map(device -> new Visible(device, device.base()))
                .toList();
        long console = board.device(board.console()).base();
        if (board.architecture() == Architecture.RISCV64) {
            return RiscvTree.ofBoard(board, cores, memory, devices, console, chosen);
        }
        SystemTree system = new SystemTree(board);
        Board.Gic gic = board.gic();
        List<Region> windows = MemoryMap.of(gic);
        FdtNode controller = system.gic(windows.get(0), windows.get(1));
        controller
                .wide(
                        "reg",
                        windows.stream()
                                .flatMapToLong(w -> LongStream.of(w.base(), w.size()))
                                .toArray())
                .cells("interrupts", PPI, gic.maintenance(), LEVEL_HIGH);
        system.describe(cores, memory, devices, List.of(), console, chosen);
        return system.tree;
    }

    /** The tree of a VM. */
    public static DeviceTree ofGuest(Board board, Guest guest, Chosen chosen) {
        if (!(guest.controller() instanceof Controller.Gic gic)) {
            return RiscvTree.ofGuest(board, guest, chosen);
        }
        SystemTree system = new SystemTree(board);
        system.gic(gic.distributor(), gic.cpuInterface());
        system.describe(guest.cores(), guest.memory(), guest.devices(), guest.virtual(), guest.console(), chosen);
        return system.tree;
    }

    private void describe(
            int cores,
            List<Region> memory,
            List<Visible> devices,
            List<Virtual> virtual,
            @Nullable Long console,
            Chosen chosen) {
        psci();
        cpus(cores);
        timer(cores);
        memory.forEach(region -> memory(tree, region));
        DeviceNodes nodes = new DeviceNodes(tree, tree.root(), (number, trigger) -> new int[] {SPI, number, trigger});
        devices.forEach(visible -> nodes.add(visible.device(), visible.base()));
        virtual.forEach(nodes::add);
        chosen(tree, "/", devices, console, chosen);
    }

    static void memory(DeviceTree tree, Region region) {
        tree.root()
                .add("memory@" + Long.toHexString(region.base()))
                .strings("device_type", "memory")
                .wide("reg", region.base(), region.size());
    }

    private FdtNode gic(Region distributor, Region cpuInterface) {
        FdtNode root = tree.root();
        FdtNode controller = new FdtNode("intc@" + Long.toHexString(distributor.base()));
        controller
                .strings("compatible", "arm,cortex-a15-gic")
                .flag("interrupt-controller")
                .cells("#interrupt-cells", 3)
                .cells("#address-cells", 0)
                .wide("reg", distributor.base(), distributor.size(), cpuInterface.base(), cpuInterface.size());
        root.strings("compatible", board.compatible())
                .strings("model", board.compatible())
                .cells("#address-cells", 2)
                .cells("#size-cells", 2)
                .cells("interrupt-parent", tree.phandle(controller));
        return root.add(controller);
    }

    private void psci() {
        tree.root()
                .add("psci")
                .strings("compatible", "arm,psci-1.0", "arm,psci-0.2")
                .strings("method", "smc");
    }

    private void cpus(int cores) {
        FdtNode cpus = tree.root().add("cpus").cells("#address-cells", 1).cells("#size-cells", 0);
        for (int core = 0; core < cores; core++) {
            cpus.add("cpu@" + core)
                    .strings("device_type", "cpu")
                    .strings("compatible", "arm," + board.cores().model())
                    .cells("reg", core)
                    .strings("enable-method", "psci");
        }
    }

    private void timer(int cores) {
        // Flags of a GICv2 PPI: the cores that it goes to, in bits 15:8, and its trigger.
        int flags = (1 << cores) - 1 << CPU_MASK_SHIFT | LEVEL_LOW;
        Board.Timers timers = board.timers();
        tree.root()
                .add("timer")
                .strings("compatible", "arm,armv8-timer", "arm,armv7-timer")
                .cells(
                        "interrupts",
                        PPI,
                        timers.securePhysical(),
                        flags,
                        PPI,
                        timers.physical(),
                        flags,
                        PPI,
                        timers.virtual(),
                        flags,
                        PPI,
                        timers.hypervisor(),
                        flags)
                .flag("always-on");
    }

    /** Adds {@code /chosen}; {@code bus} is the path of the devices' parent, with a slash at its end. */
    static void chosen(DeviceTree tree, String bus, List<Visible> devices, @Nullable Long console, Chosen chosen) {
        FdtNode node = tree.root().add("chosen");
        devices.stream()
                .filter(visible -> console != null && visible.base() == console)
                .findFirst()
                .ifPresent(visible ->
                        node.strings("stdout-path", bus + DeviceNodes.nodeName(visible.device(), visible.base())));
        if (!chosen.bootArguments().isEmpty()) {
            node.strings("bootargs", chosen.bootArguments());
        }
        if (chosen.initrd() != null) {
            node.wide("linux,initrd-start", chosen.initrd().base())
                    .wide("linux,initrd-end", chosen.initrd().end());
        }
        if (chosen.guest() != null) {
            byte[] seed = new byte[SEED_BYTES];
            new Random(chosen.guest().hashCode()).nextBytes(seed);
            node.bytes("rng-seed", seed);
        }
    }
}
