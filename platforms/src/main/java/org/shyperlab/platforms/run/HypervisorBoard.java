package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.shyperlab.emulator.device.aia.Imsic;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.BackEnds;
import org.shyperlab.hypervisor.Hypervisor;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardDevice;
import org.shyperlab.platforms.board.Interrupts;
import org.shyperlab.platforms.board.MemoryMap;
import org.shyperlab.platforms.board.Platform;
import org.shyperlab.platforms.board.Region;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.input.Quantity;

/** What the hypervisor is told of a board, and how much RAM the board needs for its VMs. */
public final class HypervisorBoard {
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
            for (VmConfig.Emulated device : config == null ? List.<VmConfig.Emulated>of() : config.emulated()) {
                needed += device.type() == EmulatedDeviceType.SHYPER
                        ? (device.region().length() + BLOCK - 1) / BLOCK * BLOCK
                        : 0;
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
        long ram = board.memory().base();
        long forVms = ramBytes - HYPERVISOR_BYTES;
        List<PlatformDescription.DeviceWindow> devices = new ArrayList<>(controllerWindows(board, cores));
        for (BoardDevice device : board.devices()) {
            int first = board.interrupts().idBase() + device.interrupt();
            devices.add(new PlatformDescription.DeviceWindow(
                    device.name(),
                    new MemoryRegion(device.base(), device.size()),
                    IntStream.range(first, first + device.interrupts()).boxed().toList()));
        }
        return new PlatformDescription(
                cores,
                controller(board),
                new MemoryRegion(ram + forVms, HYPERVISOR_BYTES),
                List.of(new MemoryRegion(ram, forVms)),
                devices,
                board.cores().counterHertz());
    }

    /** The board's interrupt controller as the hypervisor knows it. */
    public static PlatformDescription.InterruptController controller(Board board) {
        return switch (board.interrupts()) {
            case Interrupts.Arm(Board.Gic gic, var timers) ->
                new PlatformDescription.Gic(
                        gic.distributor(),
                        gic.cpuInterface(),
                        gic.hypervisorInterface(),
                        gic.virtualInterface(),
                        Board.FIRST_SPI + gic.spis());
            case Interrupts.Plic plic -> new PlatformDescription.Plic(plic.base(), plic.sources(), plic.priorityBits());
            case Interrupts.Aia aia ->
                new PlatformDescription.Aia(
                        aia.supervisorDomain(),
                        aia.sources(),
                        aia.imsic().supervisor(),
                        Imsic.hartStride(aia.imsic().guests()),
                        aia.imsic().guests(),
                        aia.imsic().identities());
        };
    }

    /** What of the interrupt controller VMs may have to themselves. */
    private static List<PlatformDescription.DeviceWindow> controllerWindows(Board board, int cores) {
        List<Region> windows = switch (board.interrupts()) {
            case Interrupts.Arm(Board.Gic gic, var timers) ->
                MemoryMap.of(gic).stream()
                        .filter(window ->
                                window.base() == gic.virtualInterface() || window.base() == gic.cpuInterface())
                        .toList();
            case Interrupts.Plic ignored -> List.of();
            case Interrupts.Aia aia -> aia.guestFiles(cores);
        };
        return windows.stream()
                .map(window -> new PlatformDescription.DeviceWindow(
                        window.what(), new MemoryRegion(window.base(), window.size()), List.of()))
                .toList();
    }

    /** The hypervisor with its VMs, as software for the platform's machine. */
    static Hypervisor hypervisor(
            Platform platform,
            PlatformDescription description,
            List<VmSetup> vms,
            HypervisorOptions options,
            BackEnds backEnds,
            HypervisorListener listener) {
        AddressSpace bus = platform.machine().bus();
        IntStream cores = IntStream.range(0, platform.cores());
        return switch (platform.board().architecture()) {
            case AARCH64 ->
                Hypervisor.aarch64(
                        cores.mapToObj(platform.a64Machine()::core).toList(),
                        bus,
                        description,
                        vms,
                        options,
                        backEnds,
                        listener);
            case RISCV64 ->
                Hypervisor.riscv64(
                        cores.mapToObj(platform.rv64Machine()::core).toList(),
                        bus,
                        description,
                        vms,
                        options,
                        backEnds,
                        listener);
        };
    }
}
