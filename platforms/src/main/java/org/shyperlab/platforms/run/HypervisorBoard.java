package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardDevice;
import org.shyperlab.platforms.board.MemoryMap;
import org.shyperlab.platforms.board.Region;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.input.Quantity;

/** What the hypervisor is told of a board, and how much RAM the board needs for its VMs. */
final class HypervisorBoard {
    /** RAM for the hypervisor's own tables, at the end of RAM, so that VM 0 may lie where it believes it is. */
    private static final long HYPERVISOR_BYTES = 32L << 20;

    private static final long BLOCK = 2L << 20;

    private HypervisorBoard() {}

    /** RAM for all VMs and the hypervisor: at least what the scenario gives a native system. */
    static long ramBytes(Board board, long scenarioMemory, List<VmSource> vms) {
        long needed = 0;
        for (VmSource vm : vms) {
            VmConfig config = vm.file().config();
            for (MemoryRegion region : config == null ? List.<MemoryRegion>of() : config.memory()) {
                if (region.length() > board.memory().max()) {
                    throw tooMuch(board, region.length());
                }
                needed += (region.length() + BLOCK - 1) / BLOCK * BLOCK;
            }
        }
        long bytes = Math.max(scenarioMemory, needed) + HYPERVISOR_BYTES;
        if (bytes > board.memory().max()) {
            throw tooMuch(board, bytes);
        }
        return bytes;
    }

    private static InputException tooMuch(Board board, long bytes) {
        return new InputException("The VMs and the hypervisor need %s of RAM; board %s can have %s."
                .formatted(
                        Quantity.sizeText(bytes),
                        board.name(),
                        Quantity.sizeText(board.memory().max())));
    }

    /** The board as the hypervisor knows it. */
    static PlatformDescription describe(Board board, int cores, long ramBytes) {
        Board.Gic gic = board.gic();
        long ram = board.memory().base();
        long forVms = ramBytes - HYPERVISOR_BYTES;
        List<PlatformDescription.DeviceWindow> devices = new ArrayList<>();
        for (Region window : MemoryMap.of(gic)) {
            if (window.base() == gic.virtualInterface() || window.base() == gic.cpuInterface()) {
                devices.add(new PlatformDescription.DeviceWindow(
                        window.what(), new MemoryRegion(window.base(), window.size()), List.of()));
            }
        }
        for (BoardDevice device : board.devices()) {
            int first = Board.FIRST_SPI + device.interrupt();
            devices.add(new PlatformDescription.DeviceWindow(
                    device.name(),
                    new MemoryRegion(device.base(), device.size()),
                    IntStream.range(first, first + device.interrupts()).boxed().toList()));
        }
        return new PlatformDescription(
                cores,
                new PlatformDescription.Gic(
                        gic.distributor(),
                        gic.cpuInterface(),
                        gic.hypervisorInterface(),
                        gic.virtualInterface(),
                        Board.FIRST_SPI + gic.spis()),
                new MemoryRegion(ram + forVms, HYPERVISOR_BYTES),
                List.of(new MemoryRegion(ram, forVms)),
                devices,
                board.cores().counterHertz());
    }
}
