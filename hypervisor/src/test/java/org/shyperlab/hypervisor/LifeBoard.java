package org.shyperlab.hypervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.emulator.device.storage.MemoryStore;
import org.shyperlab.emulator.machine.Machine;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.net.VirtualSwitch;
import org.shyperlab.hypervisor.vm.Vm;

/** A board of either architecture, with four cores if not said otherwise, and two guests that count at the same place of their RAM. */
abstract class LifeBoard implements AutoCloseable {
    /** Where guests count, from the start of their RAM. */
    static final long COUNTER = 0x10_0000;

    private static final int CORES = 4;

    private long until;

    static LifeBoard of(String architecture) {
        return of(architecture, CORES);
    }

    static LifeBoard of(String architecture, int cores) {
        return switch (architecture) {
            case "aarch64" -> new A64(cores);
            case "riscv64" -> new Rv64(RiscvTestBoard.Controller.PLIC, cores);
            case "riscv64-aia" -> new Rv64(RiscvTestBoard.Controller.AIA, cores);
            default -> throw new IllegalArgumentException(architecture);
        };
    }

    abstract Hypervisor boot(VmSetup... setups);

    /** A VM that executes this image. */
    abstract VmSetup guest(String name, long cores, int master, byte[] code);

    /** As {@link #guest}, with a disk of its own, a shyper device, and, for an id from 0 on, a NIC whose address ends with it. */
    final VmSetup equipped(String name, long cores, int master, int id, byte[] code) {
        VmSetup plain = guest(name, cores, master, code);
        List<VmConfig.Emulated> devices = new ArrayList<>(plain.config().emulated());
        List<Long> mac = List.of(0x74L, 0x56L, 0xaaL, 0L, 0L, (long) id);
        int interrupt = diskInterrupt();
        devices.add(new VmConfig.Emulated(
                "disk", new MemoryRegion(diskAddress(), 0x1000), interrupt, List.of(), EmulatedDeviceType.VIRTIO_BLK));
        if (id >= 0) {
            devices.add(new VmConfig.Emulated(
                    "nic", new MemoryRegion(nicAddress(), 0x1000), interrupt + 1, mac, EmulatedDeviceType.VIRTIO_NET));
        }
        devices.add(new VmConfig.Emulated(
                "shyper",
                new MemoryRegion(shyperAddress(), 0x3000),
                interrupt + 2,
                List.of(),
                EmulatedDeviceType.SHYPER));
        return with(plain, devices);
    }

    /** A VM with these emulated devices. */
    static VmSetup with(VmSetup plain, List<VmConfig.Emulated> devices) {
        VmConfig config = plain.config();
        return new VmSetup(
                new VmConfig(
                        config.name(),
                        config.type(),
                        config.commandLine(),
                        config.image(),
                        config.memory(),
                        config.cpu(),
                        devices,
                        config.passthrough(),
                        config.deviceTree()),
                plain.images());
    }

    /** A VM with one device more, and without a serial port. */
    static VmSetup withOnly(VmSetup plain, VmConfig.Emulated device) {
        return with(
                plain,
                Stream.concat(
                                plain.config().emulated().stream()
                                        .filter(other -> other.type() != EmulatedDeviceType.CONSOLE),
                                Stream.of(device))
                        .toList());
    }

    /** Gives the board a switch, and each VM's disk some memory; before it boots. */
    final VirtualSwitch connectDevices() {
        VirtualSwitch network = new VirtualSwitch(machine().alarms(), (core, source, format, arguments) -> {});
        backEnds(new BackEnds() {
            @Override
            public List<VirtualSwitch> networks() {
                return List.of(network);
            }

            @Override
            public VirtualSwitch network(int id, VmConfig vm, String device) {
                return network;
            }

            @Override
            public BlockStore openDisk(VmConfig vm, int number) {
                return new MemoryStore(0x1_0000);
            }
        });
        return network;
    }

    abstract void backEnds(BackEnds newBackEnds);

    /** Interrupt of the disk; those of NIC and shyper device follow. */
    abstract int diskInterrupt();

    /** Interrupt of the shyper device. */
    final int shyperInterrupt() {
        return diskInterrupt() + 2;
    }

    /** Where {@link #equipped} VMs have their disk. */
    abstract long diskAddress();

    /** Where they have their NIC. */
    final long nicAddress() {
        return diskAddress() + 0x1000;
    }

    /** Where they have their shyper device. */
    final long shyperAddress() {
        return diskAddress() + 0x1_0000;
    }

    /** What VMs print, by their ids. */
    abstract String console(int vm);

    /** Mistakes of guests. */
    abstract List<String> errors();

    /** Reports of VMs that failed. */
    abstract List<FailureReport> failures();

    /** The code of {@link #counting}. */
    abstract byte[] spin();

    /** A VM that counts as fast as it can. */
    final VmSetup counting(String name, long cores, int master) {
        return guest(name, cores, master, spin());
    }

    /** The board's UART, for one VM. */
    abstract VmConfig.Passthrough boardUart();

    /** A VM that counts its own timer's interrupts, one in a millisecond, and sleeps in between. */
    abstract VmSetup ticking(String name, int core);

    abstract Machine machine();

    final void run(long milliseconds) {
        runCycles(milliseconds * TestBoard.MILLISECOND);
    }

    final void runCycles(long cycles) {
        until += cycles;
        machine().run(until);
    }

    /** How far the guest has counted. */
    final long count(Vm vm) {
        long ram = vm.config().memory().get(0).base();
        return word(vm, ram + COUNTER);
    }

    /** A word of 64 bits of a VM's RAM. */
    final long word(Vm vm, long ipa) {
        return machine().bus().read(-1, vm.memory().physical(ipa, 8), 8);
    }

    /** Changes a word of a VM's RAM, as the guest would. */
    final void poke(Vm vm, long ipa, long value) {
        machine().bus().write(-1, vm.memory().physical(ipa, 8), 8, value);
    }

    @Override
    public final void close() {
        machine().close();
    }

    /** GICv2, EL2. */
    static final class A64 extends LifeBoard {
        static final int DISK_INTERRUPT = 48;

        private final TestBoard board;

        A64() {
            this(CORES);
        }

        A64(int cores) {
            board = new TestBoard(cores);
        }

        @Override
        Hypervisor boot(VmSetup... setups) {
            return board.boot(setups);
        }

        @Override
        byte[] spin() {
            return Guests.SPIN;
        }

        @Override
        VmConfig.Passthrough boardUart() {
            return new VmConfig.Passthrough(
                    "uart", TestBoard.UART, new MemoryRegion(TestBoard.UART, 0x1000), List.of(TestBoard.UART_IRQ));
        }

        @Override
        VmSetup guest(String name, long cores, int master, byte[] code) {
            return TestBoard.setup(TestBoard.vm(name, cores, master, true), code);
        }

        @Override
        List<String> errors() {
            return board.errors;
        }

        @Override
        List<FailureReport> failures() {
            return board.failures;
        }

        @Override
        String console(int vm) {
            return board.console(vm);
        }

        @Override
        void backEnds(BackEnds newBackEnds) {
            board.backEnds = newBackEnds;
        }

        @Override
        int diskInterrupt() {
            return DISK_INTERRUPT;
        }

        @Override
        long diskAddress() {
            return 0x0a00_0000L;
        }

        @Override
        VmSetup ticking(String name, int core) {
            return TestBoard.setup(TestBoard.vm(name, 1L << core, core, true), Guests.TICKS);
        }

        /** A VM with GIC partial passthrough, alone on its core. */
        VmSetup own(String name, int core, byte[] code) {
            VmConfig config = TestBoard.config(
                    name,
                    1L << core,
                    core,
                    List.of(new VmConfig.Emulated(
                            "gppt", new MemoryRegion(TestBoard.GICD, 0x1_0000), 0, List.of(), EmulatedDeviceType.GPPT)),
                    List.of(new VmConfig.Passthrough(
                            "gicc", TestBoard.GICC, new MemoryRegion(TestBoard.GICC, 0x2000), List.of(27))));
            return TestBoard.setup(config, code);
        }

        /** As {@link #ticking}, with GIC partial passthrough. */
        VmSetup ownTicking(String name, int core) {
            return own(name, core, Guests.TICKS);
        }

        /** As {@link #counting}, with GIC partial passthrough. */
        VmSetup ownCounting(String name, int core) {
            return own(name, core, Guests.SPIN);
        }

        @Override
        Machine machine() {
            return board.machine;
        }
    }

    /** PLIC or AIA, HS. */
    static final class Rv64 extends LifeBoard {
        static final int DISK_SOURCE = 20;

        private final RiscvTestBoard.Controller controller;
        private final RiscvTestBoard board;

        Rv64(RiscvTestBoard.Controller controller, int cores) {
            this.controller = controller;
            board = new RiscvTestBoard(cores, controller, AiaTestInterrupts.MANY_GUEST_FILES);
        }

        @Override
        Hypervisor boot(VmSetup... setups) {
            return board.bootHypervisor(setups);
        }

        @Override
        byte[] spin() {
            return RiscvGuests.SPIN;
        }

        @Override
        VmConfig.Passthrough boardUart() {
            return RiscvTestBoard.uart();
        }

        @Override
        VmSetup guest(String name, long cores, int master, byte[] code) {
            return RiscvTestBoard.vm(name, cores, master, controller, List.of(), code);
        }

        @Override
        List<String> errors() {
            return board.errors;
        }

        @Override
        List<FailureReport> failures() {
            return board.failures;
        }

        @Override
        String console(int vm) {
            return board.console(vm);
        }

        @Override
        void backEnds(BackEnds newBackEnds) {
            board.backEnds = newBackEnds;
        }

        @Override
        int diskInterrupt() {
            return DISK_SOURCE;
        }

        @Override
        long diskAddress() {
            return 0x1000_1000L;
        }

        /** Whether the board has AIA. */
        boolean hasInterruptFiles() {
            return controller == RiscvTestBoard.Controller.AIA;
        }

        @Override
        VmSetup ticking(String name, int core) {
            return RiscvTestBoard.vm(name, 1L << core, core, controller, List.of(), RiscvGuests.SSTC);
        }

        @Override
        Machine machine() {
            return board.machine;
        }
    }
}
