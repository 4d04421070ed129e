package org.shyperlab.hypervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.core.riscv64.HartInterruptInputs;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.debug.TranslationRegisters;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.aia.Imsic;
import org.shyperlab.emulator.device.plic.Plic;
import org.shyperlab.emulator.device.uart.Ns16550;
import org.shyperlab.emulator.machine.MachineSpec;
import org.shyperlab.emulator.machine.Rv64Machine;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmType;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.VmState;
import org.shyperlab.hypervisor.vm.riscv64.Rv64Vm;

/** A RISC-V machine with QEMU virt's addresses and a hypervisor on it, for tests that run real guest code. */
final class RiscvTestBoard implements AutoCloseable {
    static final long PLIC = 0x0c00_0000L;
    static final long UART = 0x1000_0000L;
    static final int UART_SOURCE = 10;
    static final long RAM = 0x8000_0000L;
    static final long RESULTS = 0x8010_0000L;
    static final long MILLISECOND = 1_000_000;
    static final long TIME_HERTZ = 10_000_000L;
    private static final int SOURCES = 95;
    private static final long START = 0x8020_0000L;

    /** A source that no device drives: tests do. */
    static final int LINE_SOURCE = 12;

    /** What brings interrupts to the harts. */
    enum Controller {
        PLIC,
        AIA
    }

    final Rv64Machine machine;
    private final Controller controller;
    private final int guestFiles;
    /** Null on a board with AIA. */
    final @Nullable Plic plic;

    private final IntFunction<InterruptLine> sources;
    final StringBuilder boardConsole = new StringBuilder();
    final Map<Integer, StringBuilder> consoles = new TreeMap<>();
    final List<String> errors = new ArrayList<>();
    final List<String> messages = new ArrayList<>();
    final List<FailureReport> failures = new ArrayList<>();
    /** The same as text, line by line. */
    final List<List<String>> failureTexts = new ArrayList<>();

    final Map<Integer, VmState> states = new TreeMap<>();
    final List<Integer> interrupts = new ArrayList<>();
    final List<Integer> injected = new ArrayList<>();
    final List<Rv64Vm> vms = new ArrayList<>();
    BackEnds backEnds = BackEnds.NONE;

    RiscvTestBoard(int harts) {
        this(harts, Controller.PLIC);
    }

    RiscvTestBoard(int harts, Controller controller) {
        this(harts, controller, AiaTestInterrupts.GUEST_FILES);
    }

    /** A board whose harts have so many guest interrupt files, if its controller has any. */
    RiscvTestBoard(int harts, Controller controller, int guestFiles) {
        this.controller = controller;
        this.guestFiles = guestFiles;
        GuestErrors log = (core, source, format, arguments) -> errors.add(source + ": " + format.formatted(arguments));
        machine = new Rv64Machine(
                new MachineSpec("test", harts, 1_000_000_000L, TIME_HERTZ, 10_000, CostTable.FREE), log, new Trace());
        machine.addRam("ram", RAM, 0x1000_0000);
        plic = controller == Controller.PLIC ? plic(machine, log) : null;
        sources = plic != null ? plic::source : AiaTestInterrupts.attach(machine, guestFiles, log)::source;
        machine.bus()
                .attach(
                        new Ns16550("uart0", value -> boardConsole.append((char) value), source(UART_SOURCE), log),
                        UART);
    }

    private static Plic plic(Rv64Machine machine, GuestErrors log) {
        List<InterruptLine> contexts = new ArrayList<>();
        for (int i = 0; i < machine.spec().cores(); i++) {
            HartInterruptInputs pins = machine.interruptInputs(i);
            contexts.add(pins::machineExternal);
            contexts.add(pins::supervisorExternal);
        }
        Plic plic = new Plic("plic", SOURCES, 3, contexts, log);
        machine.bus().attach(plic, PLIC);
        return plic;
    }

    /** The wire of an interrupt source of the board. */
    InterruptLine source(int number) {
        return sources.apply(number);
    }

    private PlatformDescription description() {
        PlatformDescription.InterruptController interrupts = switch (controller) {
            case PLIC -> new PlatformDescription.Plic(PLIC, SOURCES, 3);
            case AIA ->
                new PlatformDescription.Aia(
                        AiaTestInterrupts.APLIC,
                        AiaTestInterrupts.SOURCES,
                        AiaTestInterrupts.FILES,
                        Imsic.hartStride(guestFiles),
                        guestFiles,
                        AiaTestInterrupts.IDENTITIES);
        };
        return new PlatformDescription(
                machine.spec().cores(),
                interrupts,
                new MemoryRegion(RAM, 0x0400_0000),
                List.of(new MemoryRegion(0x8800_0000L, 0x0800_0000)),
                List.of(new PlatformDescription.DeviceWindow(
                        "uart0", new MemoryRegion(UART, 0x1000), List.of(UART_SOURCE))),
                TIME_HERTZ);
    }

    /** The board's UART, in the guest's hands. */
    static VmConfig.Passthrough uart() {
        return new VmConfig.Passthrough("uart", UART, new MemoryRegion(UART, 0x1000), List.of(UART_SOURCE));
    }

    /** A VM with its RAM at 0x80000000 and a PLIC; with the board's UART when {@code uart}. */
    static VmSetup vm(String name, long bitmap, int master, boolean uart, byte[] code) {
        return vm(name, bitmap, master, Controller.PLIC, uart ? List.of(uart()) : List.of(), code);
    }

    /** A VM with its RAM at 0x80000000, the board's kind of interrupt controller, and devices of the board. */
    static VmSetup vm(
            String name,
            long bitmap,
            int master,
            Controller controller,
            List<VmConfig.Passthrough> devices,
            byte[] code) {
        VmConfig.Emulated emulated = switch (controller) {
            case PLIC ->
                new VmConfig.Emulated("plic", new MemoryRegion(PLIC, 0x60_0000), 0, List.of(), EmulatedDeviceType.PLIC);
            case AIA ->
                new VmConfig.Emulated(
                        "aplic",
                        new MemoryRegion(AiaTestInterrupts.APLIC, 0x8000),
                        0,
                        List.of(),
                        EmulatedDeviceType.APLIC);
        };
        VmConfig config = new VmConfig(
                name,
                VmType.VM_T_BARE_MATEL_APP,
                "",
                new VmConfig.Image("kernel", START, START, null, 0, null, 0),
                List.of(new MemoryRegion(RAM, 0x0100_0000)),
                new VmConfig.Cpu(Long.bitCount(bitmap), bitmap, master),
                List.of(emulated),
                devices,
                List.of());
        return new VmSetup(config, List.of(new VmSetup.Image("kernel", START, code)));
    }

    RiscvTestBoard boot(VmSetup... setups) {
        bootHypervisor(setups);
        return this;
    }

    Hypervisor bootHypervisor(VmSetup... setups) {
        List<Rv64Core> harts = new ArrayList<>();
        for (int i = 0; i < machine.spec().cores(); i++) {
            harts.add(machine.core(i));
        }
        Hypervisor created = Hypervisor.riscv64(
                harts,
                machine.bus(),
                description(),
                List.of(setups),
                HypervisorOptions.DEFAULT,
                backEnds,
                new Watcher());
        created.vms().forEach(vm -> vms.add((Rv64Vm) vm));
        machine.install(created);
        return created;
    }

    StopReason run(long cycles) {
        return machine.run(cycles);
    }

    /** The 64-bit result number {@code n} of a VM. */
    long result(int vm, int n) {
        return machine.bus().read(-1, vms.get(vm).memory().physical(RESULTS + 8L * n, 8), 8);
    }

    String console(int vm) {
        StringBuilder text = consoles.get(vm);
        return text == null ? "" : text.toString();
    }

    long traps(int vm, int vcpu, TrapKind kind) {
        return vms.get(vm).vcpus().get(vcpu).traps(kind);
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
            states.put(vm, state);
        }

        @Override
        public void interruptTaken(int core, int interrupt) {
            interrupts.add(interrupt);
        }

        @Override
        public void interruptInjected(Vcpu vcpu, int interrupt) {
            injected.add(interrupt);
        }

        @Override
        public void failed(FailureReport report) {
            failures.add(report);
            failureTexts.add(FailureReportText.lines(
                    report, machine.bus(), TranslationRegisters.of(machine.core(report.core()))));
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
