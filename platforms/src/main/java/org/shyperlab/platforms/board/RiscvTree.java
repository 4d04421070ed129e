package org.shyperlab.platforms.board;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.device.aia.Aplic;
import org.shyperlab.emulator.device.aia.Imsic;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.FdtNode;

/**
 * Builds the device tree that an operating system on a RISC-V board gets, after firmware has had its hand in it: what only machine
 * mode may use is there, but disabled. Follows the bindings that Linux documents for QEMU's virt board.
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

    static DeviceTree ofBoard(Board board, int cores, long ramBytes, SystemTree.Chosen chosen) {
        return new RiscvTree(board, cores).build(ramBytes, chosen);
    }

    private DeviceTree build(long ramBytes, SystemTree.Chosen chosen) {
        tree.root()
                .strings("compatible", board.compatible())
                .strings("model", board.compatible() + ",qemu")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2);
        cpus();
        SystemTree.memory(tree, new Region(board.memory().name(), board.memory().base(), ramBytes));
        FdtNode soc = tree.root()
                .add("soc")
                .strings("compatible", "simple-bus")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2)
                .flag("ranges");
        DeviceNodes nodes = new DeviceNodes(tree, soc, controllers(soc));
        board.devices().forEach(device -> nodes.add(device, device.base()));
        BoardDevice console = board.device(board.console());
        SystemTree.chosen(tree, "/soc/" + DeviceNodes.nodeName(console, console.base()), chosen);
        return tree;
    }

    private void cpus() {
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
                    .strings("riscv,isa", board.cores().model())
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
                FdtNode node = soc.add("plic@" + Long.toHexString(plic.base()))
                        .strings("compatible", "sifive,plic-1.0.0", "riscv,plic0")
                        .wide("reg", plic.base(), Interrupts.Plic.WINDOW)
                        .cells("interrupts-extended", perHart(MACHINE_EXTERNAL, SUPERVISOR_EXTERNAL))
                        .flag("interrupt-controller")
                        .cells("#interrupt-cells", 1)
                        .cells("#address-cells", 0)
                        .cells("riscv,ndev", plic.sources());
                soc.cells("interrupt-parent", tree.phandle(node));
                yield (number, trigger) -> new int[] {number};
            }
            case Interrupts.Aia aia -> {
                clint(soc, aia.clint());
                advanced(soc, aia);
                // Every device of these boards holds its wire high, virtio too.
                yield (number, trigger) -> new int[] {number, LEVEL_HIGH};
            }
            case Interrupts.Arm arm -> throw new IllegalStateException(board.name() + " is a RISC-V board with a GIC");
        };
    }

    private void clint(FdtNode soc, Interrupts.Clint clint) {
        soc.add("clint@" + Long.toHexString(clint.base()))
                .strings("compatible", "sifive,clint0", "riscv,clint0")
                .wide("reg", clint.base(), Interrupts.Clint.WINDOW)
                .cells("interrupts-extended", perHart(MACHINE_SOFTWARE, MACHINE_TIMER));
    }

    private void advanced(FdtNode soc, Interrupts.Aia aia) {
        Interrupts.Aia.Files files = aia.imsic();
        int machineFiles = tree.phandle(imsics(soc, files, files.machine(), Imsic.PAGE, MACHINE_EXTERNAL)
                .strings("status", "disabled"));
        FdtNode supervisor =
                imsics(soc, files, files.supervisor(), Imsic.hartStride(files.guests()), SUPERVISOR_EXTERNAL);
        int guestBits = Imsic.guestIndexBits(files.guests());
        if (guestBits > 0) {
            supervisor.cells("riscv,guest-index-bits", guestBits);
        }
        FdtNode child = aplic(soc, aia, aia.supervisorDomain(), tree.phandle(supervisor));
        int childHandle = tree.phandle(child);
        aplic(soc, aia, aia.machineDomain(), machineFiles)
                .cells("riscv,children", childHandle)
                .cells("riscv,delegation", childHandle, 1, aia.sources())
                .strings("status", "disabled");
        soc.cells("interrupt-parent", childHandle);
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

    private FdtNode aplic(FdtNode soc, Interrupts.Aia aia, long base, int messages) {
        return soc.add("aplic@" + Long.toHexString(base))
                .strings("compatible", "riscv,aplic")
                .wide("reg", base, Aplic.WINDOW)
                .cells("msi-parent", messages)
                .flag("interrupt-controller")
                .cells("#interrupt-cells", 2)
                .cells("#address-cells", 0)
                .cells("riscv,num-sources", aia.sources());
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
