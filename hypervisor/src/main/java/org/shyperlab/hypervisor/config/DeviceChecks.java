package org.shyperlab.hypervisor.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.device.ShyperDevice;
import org.shyperlab.hypervisor.interrupt.riscv64.GuestFiles;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.StageTwo;

/** Checks the devices of one VM: types, addresses, interrupts. */
final class DeviceChecks {
    private static final int VIRTUAL_TIMER = 27;
    private static final int PHYSICAL_TIMER = 30;
    /** Size of GICC and GICV (IHI 0048B 4.1.3). */
    private static final long CPU_INTERFACE_BYTES = 0x2000;

    private final VmConfigFile file;
    private final VmConfig config;
    private final PlatformDescription platform;
    private final BoardRules rules;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final List<Placed> placed = new ArrayList<>();
    private final Map<Integer, String> interrupts = new HashMap<>();

    private record Placed(MemoryRegion region, String what) {}

    DeviceChecks(VmConfigFile file, VmConfig config, PlatformDescription platform) {
        this.file = file;
        this.config = config;
        this.platform = platform;
        rules = BoardRules.of(platform);
    }

    List<ConfigProblem> check() {
        for (int i = 0; i < config.memory().size(); i++) {
            place("memory.region[" + i + "]", config.memory().get(i), "RAM");
        }
        placeInterruptFiles();
        int controllers = 0;
        for (int i = 0; i < config.emulated().size(); i++) {
            VmConfig.Emulated device = config.emulated().get(i);
            checkEmulated("emulated_device.emulated_device_list[" + i + "]", device);
            if (device.type().isInterruptController()) {
                controllers++;
            }
        }
        if (controllers > 1) {
            add("emulated_device.emulated_device_list", "a VM has one interrupt controller, %s", rules.choices());
        }
        for (int i = 0; i < config.passthrough().size(); i++) {
            checkPassthrough(
                    "passthrough_device.passthrough_device_list[" + i + "]",
                    config.passthrough().get(i));
        }
        return problems;
    }

    private void add(String path, String format, Object... arguments) {
        problems.add(file.problem(path, format.formatted(arguments)));
    }

    private void place(String path, MemoryRegion region, String what) {
        for (Placed other : placed) {
            if (other.region().overlaps(region)) {
                add(path, "%s at %s overlaps %s at %s", what, region, other.what(), other.region());
            }
        }
        placed.add(new Placed(region, what));
        if (region.end() > 1L << rules.addressBits()) {
            add(path, "%s at %s: addresses have %d bits", what, region, rules.addressBits());
        }
    }

    /** Where vCPUs see their interrupt files when the configuration does not say. */
    private void placeInterruptFiles() {
        if (platform.interrupts() instanceof PlatformDescription.Aia aia && config.has(EmulatedDeviceType.APLIC)) {
            GuestFiles files = new GuestFiles(aia, platform.cores());
            for (int i = 0; i < config.cpu().count() && !files.areMappedBy(config); i++) {
                place(
                        "emulated_device.emulated_device_list",
                        new MemoryRegion(files.seenAt(i), StageTwo.PAGE),
                        "interrupt file of vCPU " + i);
            }
        }
    }

    private void checkEmulated(String path, VmConfig.Emulated device) {
        place(path, device.region(), "device " + device.name());
        if ((device.region().base() & 0xfff) != 0 || (device.region().length() & 0xfff) != 0) {
            add(path, "%s: base and length are multiples of 4 KiB", device.region());
        }
        if (!device.type().isImplemented()) {
            add(
                    path + ".type",
                    "%s%s is not implemented yet; implemented are %s",
                    EmulatedDeviceType.PREFIX,
                    device.type(),
                    EmulatedDeviceType.implemented());
            return;
        }
        if (device.type().isInterruptController() && !rules.controllers().contains(device.type())) {
            add(
                    path + ".type",
                    "%s%s is not for this board, whose interrupt controller is %s: use %s",
                    EmulatedDeviceType.PREFIX,
                    device.type(),
                    rules.controller(),
                    rules.choices());
        }
        if (device.type() == EmulatedDeviceType.SHYPER && device.region().length() <= ShyperDevice.REGISTERS) {
            add(
                    path + ".length",
                    "a shyper device has a page of registers and a window of at least one page behind it");
        }
        if (device.type().isInterruptController() || device.interrupt() == 0) {
            return;
        }
        if (config.has(EmulatedDeviceType.GPPT)) {
            add(path + ".irq_id", "a VM with EMU_DEVICE_T_GPPT has no emulated interrupts: use 0");
        }
        checkShared(path + ".irq_id", device.interrupt(), device.name());
    }

    private boolean isDeviceInterrupt(int interrupt) {
        return interrupt >= platform.interrupts().firstShared()
                && interrupt < platform.interrupts().count();
    }

    private void checkShared(String path, int interrupt, String device) {
        if (!isDeviceInterrupt(interrupt)) {
            add(
                    path,
                    "interrupt %d: devices of this board have %d to %d",
                    interrupt,
                    platform.interrupts().firstShared(),
                    platform.interrupts().count() - 1);
            return;
        }
        if (config.emulated().stream().noneMatch(emulated -> emulated.type().isInterruptController())) {
            add(path, "interrupt %d needs an interrupt controller in the VM: %s", interrupt, rules.choices());
        }
        String other = interrupts.put(interrupt, device);
        if (other != null) {
            add(path, "interrupt %d is %s's already", interrupt, other);
        }
    }

    private void checkPassthrough(String path, VmConfig.Passthrough device) {
        place(path, device.region(), "device " + device.name());
        MemoryRegion region = device.region();
        if ((region.base() & 0xfff) != 0 || (region.length() & 0xfff) != 0 || (device.physical() & 0xfff) != 0) {
            add(path, "addresses and length of a passed-through device are multiples of 4 KiB");
        }
        if (device.physical() + region.length() < 0) {
            add(path + ".base_pa", "0x%x + 0x%x is not a range of addresses", device.physical(), region.length());
            return;
        }
        MemoryRegion physical = new MemoryRegion(device.physical(), region.length());
        PlatformDescription.DeviceWindow window = platform.deviceAt(physical);
        if (window == null) {
            add(path + ".base_pa", "%s is not inside a device of the board that may be passed through", physical);
        }
        if (platform.interrupts() instanceof PlatformDescription.Gic gic) {
            checkCpuInterface(path + ".base_pa", device, gic);
        }
        for (int i = 0; i < device.interrupts().size(); i++) {
            checkInterrupt(path + ".irq_list[" + i + "]", device.interrupts().get(i), device.name(), window);
        }
    }

    private void checkCpuInterface(String path, VmConfig.Passthrough device, PlatformDescription.Gic gic) {
        boolean ownsInterrupts = config.has(EmulatedDeviceType.GPPT);
        if (isPartOf(gic.cpuInterface(), device) && !ownsInterrupts) {
            add(
                    path,
                    "the physical CPU interface (GICC) is only for VMs with EMU_DEVICE_T_GPPT; use GICV, 0x%x",
                    gic.virtualCpuInterface());
        }
        if (isPartOf(gic.virtualCpuInterface(), device) && ownsInterrupts) {
            add(path, "a VM with EMU_DEVICE_T_GPPT gets the physical CPU interface (GICC), 0x%x", gic.cpuInterface());
        }
    }

    /** Whether a device is a CPU interface or a page of it: GICC_DIR, in the second one, ends anybody's interrupts. */
    private static boolean isPartOf(long cpuInterface, VmConfig.Passthrough device) {
        return new MemoryRegion(cpuInterface, CPU_INTERFACE_BYTES).contains(device.physical(), 1);
    }

    private void checkInterrupt(
            String path,
            int interrupt,
            String device,
            PlatformDescription.@org.jspecify.annotations.Nullable DeviceWindow window) {
        if (platform.interrupts() instanceof PlatformDescription.Gic
                && interrupt < platform.interrupts().firstShared()) {
            // Every VM has its timers; Rust-Shyper's configurations list them with the GIC.
            if (interrupt != VIRTUAL_TIMER && interrupt != PHYSICAL_TIMER) {
                add(path, "interrupt %d is private to a core and not for VMs", interrupt);
            }
            return;
        }
        checkShared(path, interrupt, device);
        if (window != null
                && isDeviceInterrupt(interrupt)
                && !window.interrupts().contains(interrupt)) {
            add(
                    path,
                    "interrupt %d is not one of device %s, which has %s",
                    interrupt,
                    window.name(),
                    window.interrupts());
        }
    }
}
