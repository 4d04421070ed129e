package org.shyperlab.platforms.board;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Every range of addresses that a board uses. */
public final class MemoryMap {
    /** Size of the distributor's and the CPU interfaces' windows on this family of boards. */
    static final long GIC_WINDOW = 0x1_0000;

    private MemoryMap() {}

    /** The GIC's four windows: GICD, GICC, GICH, GICV. */
    public static List<Region> of(Board.Gic gic) {
        return List.of(
                new Region(gic.name() + " distributor (GICD)", gic.distributor(), GIC_WINDOW),
                new Region(gic.name() + " CPU interface (GICC)", gic.cpuInterface(), GIC_WINDOW),
                new Region(gic.name() + " hypervisor interface (GICH)", gic.hypervisorInterface(), GIC_WINDOW),
                new Region(gic.name() + " virtual CPU interface (GICV)", gic.virtualInterface(), GIC_WINDOW));
    }

    /** All ranges in address order, RAM with the given size. */
    public static List<Region> of(Board board, long ramBytes) {
        List<Region> regions =
                new ArrayList<>(board.interrupts().windows(board.cores().max()));
        for (BoardDevice device : board.devices()) {
            regions.add(new Region(device.name() + " (" + device.type().label() + ")", device.base(), device.size()));
        }
        regions.add(new Region(board.memory().name(), board.memory().base(), ramBytes));
        regions.sort(Comparator.comparingLong(Region::base));
        return regions;
    }
}
