package org.shyperlab.hypervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.device.gic.GicV2;
import org.shyperlab.emulator.device.uart.Pl011;
import org.shyperlab.emulator.machine.A64Machine;
import org.shyperlab.emulator.machine.MachineSpec;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmType;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.VmState;

/** A machine with QEMU virt's addresses and a hypervisor on it, for tests that run real guest code. */
final class TestBoard implements AutoCloseable {
    static final long GICD = 0x0800_0000L;
    static final long GICC = 0x0801_0000L;
    static final long GICH = 0x0803_0000L;
    static final long GICV = 0x0804_0000L;
    static final long UART = 0x0900_0000L;
    static final int UART_IRQ = 33;
    static final long RAM = 0x4000_0000L;
    static final long VM_RAM = 0x4800_0000L;
    static final long COUNTER_HERTZ = 62_500_000L;
    static final long MILLISECOND = 1_000_000;

    private static PlatformDescription platform(int cores) {
        return new PlatformDescription(
                cores,
                new PlatformDescription.Gic(GICD, GICC, GICH, GICV, 288),
                new MemoryRegion(RAM, 0x0400_0000),
                List.of(new MemoryRegion(VM_RAM, 0x1000_0000)),
                List.of(
                        new PlatformDescription.DeviceWindow(
                                "uart0", new MemoryRegion(UART, 0x1000), List.of(UART_IRQ)),
                        new PlatformDescription.DeviceWindow("gicv", new MemoryRegion(GICV, 0x2000), List.of()),
                        new PlatformDescription.DeviceWindow("gicc", new MemoryRegion(GICC, 0x2000), List.of())),
                COUNTER_HERTZ);
    }

    final A64Machine machine;
    final GicV2 gic;
    final Pl011 uart;
    final StringBuilder boardConsole = new StringBuilder();
    final Map<Integer, StringBuilder> consoles = new TreeMap<>();
    final List<String> errors = new ArrayList<>();
    final List<String> messages = new ArrayList<>();
    final List<FailureReport> failures = new ArrayList<>();
    final Map<Integer, VmState> states = new TreeMap<>();
    final Map<Integer, Integer> resets = new TreeMap<>();
    final Map<Integer, Integer> injected = new TreeMap<>();
    BackEnds backEnds = BackEnds.NONE;
    private @Nullable Hypervisor hypervisor;

    TestBoard(int cores) {
        GuestErrors log = (core, source, format, arguments) -> errors.add(source + ": " + format.formatted(arguments));
        machine = new A64Machine(
                new MachineSpec("test", cores, 1_000_000_000L, 62_500_000L, 10_000, CostTable.FREE), log, new Trace());
        machine.addRam("ram", RAM, 0x2000_0000);
        InterruptInputs[] pins = new InterruptInputs[cores];
        for (int i = 0; i < cores; i++) {
            pins[i] = machine.interruptInputs(i);
        }
        gic = new GicV2("gic", 256, pins, log);
        for (int i = 0; i < cores; i++) {
            machine.wireTimers(i, gic.ppi(i, 30), gic.ppi(i, 27), gic.ppi(i, 26));
        }
        uart = new Pl011("uart0", value -> boardConsole.append((char) value), gic.spi(UART_IRQ - 32), log);
        machine.bus().attach(gic.distributor(), GICD);
        machine.bus().attach(gic.cpuInterface(), GICC);
        machine.bus().attach(gic.virtualControl(), GICH);
        machine.bus().attach(gic.virtualCpuInterface(), GICV);
        machine.bus().attach(uart, UART);
    }

    /** A VM with its RAM at 0x40000000, the GIC where QEMU has it, and an emulated console at 0x9000000. */
    static VmConfig vm(String name, long coreBitmap, int master, boolean emulatedConsole) {
        List<VmConfig.Emulated> emulated = new ArrayList<>();
        emulated.add(
                new VmConfig.Emulated("gicd", new MemoryRegion(GICD, 0x1_0000), 0, List.of(), EmulatedDeviceType.GICD));
        List<VmConfig.Passthrough> passthrough = new ArrayList<>();
        passthrough.add(new VmConfig.Passthrough("gicv", GICV, new MemoryRegion(GICC, 0x2000), List.of(27)));
        if (emulatedConsole) {
            emulated.add(new VmConfig.Emulated(
                    "console", new MemoryRegion(UART, 0x1000), UART_IRQ, List.of(), EmulatedDeviceType.CONSOLE));
        } else {
            passthrough.add(new VmConfig.Passthrough("uart", UART, new MemoryRegion(UART, 0x1000), List.of(UART_IRQ)));
        }
        return config(name, coreBitmap, master, emulated, passthrough);
    }

    /** A VM on core 1 that owns its interrupts, by partial passthrough of the GIC. */
    static VmSetup realTime(byte[] code) {
        VmConfig config = config(
                "rt",
                0b10,
                1,
                List.of(new VmConfig.Emulated(
                        "gicd", new MemoryRegion(GICD, 0x1000), 0, List.of(), EmulatedDeviceType.GPPT)),
                List.of(new VmConfig.Passthrough("gicc", GICC, new MemoryRegion(GICC, 0x2000), List.of(27))));
        return setup(config, code);
    }

    static VmConfig config(
            String name,
            long coreBitmap,
            int master,
            List<VmConfig.Emulated> emulated,
            List<VmConfig.Passthrough> passthrough) {
        return new VmConfig(
                name,
                VmType.VM_T_BARE_MATEL_APP,
                "",
                new VmConfig.Image("kernel", RAM + 0x8_0000, RAM + 0x8_0000, null, 0, null, 0),
                List.of(new MemoryRegion(RAM, 0x0100_0000)),
                new VmConfig.Cpu(Long.bitCount(coreBitmap), coreBitmap, master),
                emulated,
                passthrough,
                List.of());
    }

    /** An image of instruction words at 0x40080000, where VMs start. */
    static VmSetup setup(VmConfig config, byte[] code) {
        return new VmSetup(config, List.of(new VmSetup.Image("kernel", RAM + 0x8_0000, code)));
    }

    Hypervisor boot(VmSetup... vms) {
        return boot(HypervisorOptions.DEFAULT, vms);
    }

    Hypervisor boot(HypervisorOptions options, VmSetup... vms) {
        List<A64Core> cores = new ArrayList<>();
        for (int i = 0; i < machine.spec().cores(); i++) {
            cores.add(machine.core(i));
        }
        Hypervisor created = Hypervisor.aarch64(
                cores, machine.bus(), platform(cores.size()), List.of(vms), options, backEnds, new Watcher());
        machine.install(created);
        hypervisor = created;
        return created;
    }

    StopReason run(long cycles) {
        return machine.run(cycles);
    }

    String console(int vm) {
        StringBuilder text = consoles.get(vm);
        return text == null ? "" : text.toString();
    }

    Vcpu vcpu(int vm, int index) {
        Hypervisor created = hypervisor;
        if (created == null) {
            throw new IllegalStateException("not booted");
        }
        return created.vms().get(vm).vcpus().get(index);
    }

    @Override
    public void close() {
        machine.close();
    }

    private final class Watcher implements HypervisorListener {
        @Override
        public GuestErrors deviceErrors(int vm) {
            return (core, source, format, arguments) -> errors.add(source + ": " + format.formatted(arguments));
        }

        @Override
        public void consoleOutput(int vm, byte value) {
            consoles.computeIfAbsent(vm, key -> new StringBuilder()).append((char) value);
        }

        @Override
        public void stateChanged(int vm, VmState state) {
            if (state == VmState.PENDING) {
                resets.merge(vm, 1, Integer::sum);
            }
            states.put(vm, state);
        }

        @Override
        public void interruptInjected(Vcpu vcpu, int interrupt) {
            injected.merge(interrupt, 1, Integer::sum);
        }

        @Override
        public void failed(FailureReport report) {
            failures.add(report);
        }

        @Override
        public void guestError(Vcpu vcpu, String format, Object... arguments) {
            errors.add(vcpu + ": " + format.formatted(arguments));
        }

        @Override
        public void message(String line) {
            messages.add(line);
        }
    }
}
