package org.shyperlab.platforms.board;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.aia.Aplic;
import org.shyperlab.emulator.device.aia.Imsic;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.FdtNode;

/**
 * Builds the device tree that an operating system on a RISC-V board gets, after firmware has had its hand in it: what only machine
 * mode may use is there, but disabled. In a VM, what is not there for the VM is left out. Follows the bindings that Linux documents for
 * QEMU's virt board.
 */
final class RiscvTree {
    // Interrupts of a hart's own controller: their numbers in mip.
    private static final int MACHINE_SOFTWARE = 3;
    private static final int MACHINE_TIMER = 7;
    private static final int SUPERVISOR_EXTERNAL = 9;
    private static final int MACHINE_EXTERNAL = 11;
    private static final int LEVEL_HIGH = 4;
    /** Interrupt identity that Linux's IMSIC driver uses between harts. */
    private static final int IPI_IDENTITY = 1;

    private final Board board;
    private final int cores;
    private final DeviceTree tree = new DeviceTree();
    private final int[] harts;

    private RiscvTree(Board board, int cores) {
        this.board = board;
        this.cores = cores;
        this.harts = new int[cores];
    }

    static DeviceTree ofBoard(
            Board board,
            int cores,
            List<Region> memory,
            List<SystemTree.Visible> devices,
            long console,
            SystemTree.Chosen chosen) {
        RiscvTree system = new RiscvTree(board, cores);
        FdtNode soc = system.frame(board.cores().model(), memory);
        return system.finish(soc, system.controllers(soc), devices, List.of(), console, chosen);
    }

    static DeviceTree ofGuest(Board board, SystemTree.Guest guest, SystemTree.Chosen chosen) {
        RiscvTree system = new RiscvTree(board, guest.cores());
        FdtNode soc = system.frame(guestIsa(board.cores().model()), guest.memory());
        DeviceNodes.InterruptCells cells = system.controllers(soc, guest.controller());
        return system.finish(soc, cells, guest.devices(), guest.virtual(), guest.console(), chosen);
    }

    /** What a hart has in VS mode: the hypervisor extension and those of machine mode (their names begin with sm) are not there. */
    private static String guestIsa(String isa) {
        List<String> extensions = new ArrayList<>(List.of(isa.split("_")));
        extensions.set(0, extensions.getFirst().replace("h", ""));
        extensions.removeIf(extension -> extension.startsWith("sm"));
        return String.join("_", extensions);
    }

    /** Everything but interrupt controllers and devices; returns the node for those. */
    private FdtNode frame(String isa, List<Region> memory) {
        tree.root()
                .strings("compatible", board.compatible())
                .strings("model", board.compatible() + ",qemu")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2);
        cpus(isa);
        memory.forEach(region -> SystemTree.memory(tree, region));
        return tree.root()
                .add("soc")
                .strings("compatible", "simple-bus")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2)
                .flag("ranges");
    }

    private DeviceTree finish(
            FdtNode soc,
            DeviceNodes.InterruptCells cells,
            List<SystemTree.Visible> devices,
            List<SystemTree.Virtual> virtual,
            @Nullable Long console,
            SystemTree.Chosen chosen) {
        DeviceNodes nodes = new DeviceNodes(tree, soc, cells);
        devices.forEach(visible -> nodes.add(visible.device(), visible.base()));
        virtual.forEach(nodes::add);
        SystemTree.chosen(tree, "/soc/", devices, console, chosen);
        return tree;
    }

    private void cpus(String isa) {
        FdtNode cpus = tree.root()
                .add("cpus")
                .cells("#address-cells", 1)
                .cells("#size-cells", 0)
                .cells("timebase-frequency", Math.toIntExact(board.cores().counterHertz()));
        for (int core = 0; core < cores; core++) {
            FdtNode controller = cpus.add("cpu@" + core)
                    .strings("device_type", "cpu")
                    .cells("reg", core)
                    .strings("status", "okay")
                    .strings("compatible", "riscv")
                    .strings("riscv,isa", isa)
                    .strings("mmu-type", "riscv," + board.cores().mmu())
                    .add("interrupt-controller")
                    .cells("#interrupt-cells", 1)
                    .cells("#address-cells", 0)
                    .flag("interrupt-controller")
                    .strings("compatible", "riscv,cpu-intc");
            harts[core] = tree.phandle(controller);
        }
    }

    /** Adds the interrupt controllers, and makes the one for devices the parent of what is below {@code soc}. */
    private DeviceNodes.InterruptCells controllers(FdtNode soc) {
        return switch (board.interrupts()) {
            case Interrupts.Plic plic -> {
                clint(soc, plic.clint());
                yield plic(soc, plic.base(), Interrupts.Plic.WINDOW, plic.sources());
            }
            case Interrupts.Aia aia -> {
                clint(soc, aia.clint());
                yield advanced(soc, aia);
            }
            case Interrupts.Arm arm -> throw new IllegalStateException(board.name() + " is a RISC-V board with a GIC");
        };
    }

    /** As the other, for a VM. */
    private DeviceNodes.InterruptCells controllers(FdtNode soc, SystemTree.Controller controller) {
        if (controller instanceof SystemTree.Controller.Plic(Region registers)
                && board.interrupts() instanceof Interrupts.Plic plic) {
            return plic(soc, registers.base(), registers.size(), plic.sources());
        }
        if (controller instanceof SystemTree.Controller.Aplic(Region registers, long files)
                && board.interrupts() instanceof Interrupts.Aia aia) {
            int messages = supervisorFiles(soc, aia.imsic(), files);
            FdtNode node = aplic(soc, aia.sources(), registers.base(), registers.size(), messages);
            return messages(soc, tree.phandle(node));
        }
        throw new IllegalArgumentException(board.name() + " cannot have " + controller);
    }

    private DeviceNodes.InterruptCells plic(FdtNode soc, long base, long size, int sources) {
        FdtNode node = soc.add("plic@" + Long.toHexString(base))
                .strings("compatible", "sifive,plic-1.0.0", "riscv,plic0")
                .wide("reg", base, size)
                .cells("interrupts-extended", perHart(MACHINE_EXTERNAL, SUPERVISOR_EXTERNAL))
                .flag("interrupt-controller")
                .cells("#interrupt-cells", 1)
                .cells("#address-cells", 0)
                .cells("riscv,ndev", sources);
        soc.cells("interrupt-parent", tree.phandle(node));
        return (number, trigger) -> new int[] {number};
    }

    private static DeviceNodes.InterruptCells messages(FdtNode soc, int aplic) {
        soc.cells("interrupt-parent", aplic);
        // Every device of these boards holds its wire high, virtio too.
        return (number, trigger) -> new int[] {number, LEVEL_HIGH};
    }

    private void clint(FdtNode soc, Interrupts.Clint clint) {
        soc.add("clint@" + Long.toHexString(clint.base()))
                .strings("compatible", "sifive,clint0", "riscv,clint0")
                .wide("reg", clint.base(), Interrupts.Clint.WINDOW)
                .cells("interrupts-extended", perHart(MACHINE_SOFTWARE, MACHINE_TIMER));
    }

    private DeviceNodes.InterruptCells advanced(FdtNode soc, Interrupts.Aia aia) {
        Interrupts.Aia.Files files = aia.imsic();
        int machineFiles = tree.phandle(imsics(soc, files, files.machine(), Imsic.PAGE, MACHINE_EXTERNAL)
                .strings("status", "disabled"));
        int supervisorFiles = supervisorFiles(soc, files, files.supervisor());
        FdtNode child = aplic(soc, aia.sources(), aia.supervisorDomain(), Aplic.WINDOW, supervisorFiles);
        int childHandle = tree.phandle(child);
        aplic(soc, aia.sources(), aia.machineDomain(), Aplic.WINDOW, machineFiles)
                .cells("riscv,children", childHandle)
                .cells("riscv,delegation", childHandle, 1, aia.sources())
                .strings("status", "disabled");
        return messages(soc, childHandle);
    }

    /** Adds the files of supervisor mode, a hart's stride apart, and returns their handle. */
    private int supervisorFiles(FdtNode soc, Interrupts.Aia.Files files, long base) {
        FdtNode node = imsics(soc, files, base, Imsic.hartStride(files.guests()), SUPERVISOR_EXTERNAL);
        int guestBits = Imsic.guestIndexBits(files.guests());
        if (guestBits > 0) {
            node.cells("riscv,guest-index-bits", guestBits);
        }
        return tree.phandle(node);
    }

    private FdtNode imsics(FdtNode soc, Interrupts.Aia.Files files, long base, int stride, int interrupt) {
        return soc.add("imsics@" + Long.toHexString(base))
                .strings("compatible", "riscv,imsics")
                .wide("reg", base, (long) cores * stride)
                .cells("interrupts-extended", perHart(interrupt))
                .flag("interrupt-controller")
                .cells("#interrupt-cells", 0)
                .cells("#address-cells", 0)
                .flag("msi-controller")
                .cells("#msi-cells", 0)
                .cells("riscv,num-ids", files.identities())
                .cells("riscv,ipi-id", IPI_IDENTITY);
    }

    private FdtNode aplic(FdtNode soc, int sources, long base, long size, int messages) {
        return soc.add("aplic@" + Long.toHexString(base))
                .strings("compatible", "riscv,aplic")
                .wide("reg", base, size)
                .cells("msi-parent", messages)
                .flag("interrupt-controller")
                .cells("#interrupt-cells", 2)
                .cells("#address-cells", 0)
                .cells("riscv,num-sources", sources);
    }

    /** Each hart's own controller with each of the interrupts. */
    private int[] perHart(int... interrupts) {
        List<Integer> cells = new ArrayList<>();
        for (int hart : harts) {
            for (int interrupt : interrupts) {
                cells.add(hart);
                cells.add(interrupt);
            }
        }
        return cells.stream().mapToInt(Integer::intValue).toArray();
    }
}
