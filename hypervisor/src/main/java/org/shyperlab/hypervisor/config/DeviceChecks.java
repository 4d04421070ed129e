package org.shyperlab.hypervisor.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/** Checks the devices of one VM: types, addresses, interrupts. */
final class DeviceChecks {
    private static final int VIRTUAL_TIMER = 27;
    private static final int PHYSICAL_TIMER = 30;

    private final VmConfigFile file;
    private final VmConfig config;
    private final PlatformDescription platform;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final List<Placed> placed = new ArrayList<>();
    private final Map<Integer, String> interrupts = new HashMap<>();

    private record Placed(MemoryRegion region, String what) {}

    DeviceChecks(VmConfigFile file, VmConfig config, PlatformDescription platform) {
        this.file = file;
        this.config = config;
        this.platform = platform;
    }

    List<ConfigProblem> check() {
        for (int i = 0; i < config.memory().size(); i++) {
            place("memory.region[" + i + "]", config.memory().get(i), "RAM");
        }
        int controllers = 0;
        for (int i = 0; i < config.emulated().size(); i++) {
            VmConfig.Emulated device = config.emulated().get(i);
            checkEmulated("emulated_device.emulated_device_list[" + i + "]", device);
            if (device.type() == EmulatedDeviceType.GICD || device.type() == EmulatedDeviceType.GPPT) {
                controllers++;
            }
        }
        if (controllers > 1) {
            add(
                    "emulated_device.emulated_device_list",
                    "a VM has one interrupt controller, EMU_DEVICE_T_GICD or EMU_DEVICE_T_GPPT");
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
        if (region.end() > 1L << 40) {
            add(path, "%s at %s: addresses have 40 bits", what, region);
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
                    "%s%s is not implemented yet; implemented are CONSOLE, GICD and GPPT",
                    EmulatedDeviceType.PREFIX,
                    device.type());
            return;
        }
        if (device.type() != EmulatedDeviceType.CONSOLE || device.interrupt() == 0) {
            return;
        }
        if (config.has(EmulatedDeviceType.GPPT)) {
            add(path + ".irq_id", "a VM with EMU_DEVICE_T_GPPT has no emulated interrupts: use 0");
        }
        checkShared(path + ".irq_id", device.interrupt(), device.name());
    }

    private void checkShared(String path, int interrupt, String device) {
        int first = platform.interrupts().firstShared();
        if (interrupt < first || interrupt >= platform.interrupts().count()) {
            add(
                    path,
                    "interrupt %d: shared interrupts of this board are %d to %d",
                    interrupt,
                    first,
                    platform.interrupts().count() - 1);
            return;
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
            checkCpuInterface(path + ".base_pa", device.physical(), gic);
        }
        for (int i = 0; i < device.interrupts().size(); i++) {
            checkInterrupt(path + ".irq_list[" + i + "]", device.interrupts().get(i), device.name(), window);
        }
    }

    private void checkCpuInterface(String path, long physical, PlatformDescription.Gic gic) {
        boolean ownsInterrupts = config.has(EmulatedDeviceType.GPPT);
        if (physical == gic.cpuInterface() && !ownsInterrupts) {
            add(
                    path,
                    "the physical CPU interface (GICC) is only for VMs with EMU_DEVICE_T_GPPT; use GICV, 0x%x",
                    gic.virtualCpuInterface());
        }
        if (physical == gic.virtualCpuInterface() && ownsInterrupts) {
            add(path, "a VM with EMU_DEVICE_T_GPPT gets the physical CPU interface (GICC), 0x%x", gic.cpuInterface());
        }
    }

    private void checkInterrupt(
            String path,
            int interrupt,
            String device,
            PlatformDescription.@org.jspecify.annotations.Nullable DeviceWindow window) {
        if (interrupt < platform.interrupts().firstShared()) {
            // Every VM has its timers; Rust-Shyper's configurations list them with the GIC.
            if (interrupt != VIRTUAL_TIMER && interrupt != PHYSICAL_TIMER) {
                add(path, "interrupt %d is private to a core and not for VMs", interrupt);
            }
            return;
        }
        checkShared(path, interrupt, device);
        if (window != null
                && interrupt < platform.interrupts().count()
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
