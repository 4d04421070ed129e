package org.shyperlab.hypervisor.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.device.ShyperDevice;
import org.shyperlab.hypervisor.interrupt.riscv64.GuestFiles;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.RegionAllocator;
import org.shyperlab.hypervisor.memory.StageTwo;

/** Checks all VMs of a run against the board and against each other before anything boots, and reports every problem at once. */
public final class VmConfigChecker {
    private static final int MOST_VCPUS = 8;
    private static final int LONGEST_NAME = 31;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final long BLOCK = 0x20_0000;

    private final PlatformDescription platform;
    private final int mostVms;
    private final BoardRules rules;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final RegionAllocator ram;
    /** Null on boards without. */
    private final @Nullable GuestFiles interruptFiles;

    private VmConfigChecker(PlatformDescription platform, int mostVms) {
        this.platform = platform;
        this.mostVms = mostVms;
        rules = BoardRules.of(platform);
        ram = new RegionAllocator(platform.vmMemory());
        interruptFiles = platform.interrupts() instanceof PlatformDescription.Aia aia
                ? new GuestFiles(aia, platform.cores())
                : null;
    }

    /**
     * Checks the VMs that a hypervisor starts with, the first of which will be the management VM; their ids are their places.
     *
     * @param mostVms how many VMs there may be
     * @return them, ready for the hypervisor
     * @throws ConfigException with all problems of all files
     */
    public static List<VmSetup> check(List<VmSource> vms, PlatformDescription platform, int mostVms)
            throws ConfigException {
        return check(vms, new VmConfigChecker(platform, mostVms), true);
    }

    /** Checks whether the last VM can join the others, which there are. As {@link #check}, but ids are anything. */
    public static void checkJoining(List<VmSource> vms, PlatformDescription platform, int mostVms)
            throws ConfigException {
        check(vms, new VmConfigChecker(platform, mostVms), false);
    }

    private static List<VmSetup> check(List<VmSource> vms, VmConfigChecker checker, boolean idsArePlaces)
            throws ConfigException {
        List<VirtioChecks.Numbered> numbered = new ArrayList<>();
        List<VmSetup> setups = new ArrayList<>();
        Map<VmConfigFile, VmConfig> readable = new HashMap<>();
        for (VmSource vm : vms) {
            checker.problems.addAll(vm.file().problems());
            VmConfig config = vm.file().config();
            if (config != null) {
                readable.put(vm.file(), config);
                int id = idsArePlaces ? vms.indexOf(vm) : VirtioChecks.UNKNOWN;
                numbered.add(new VirtioChecks.Numbered(id, vm.file(), config));
                boolean first = setups.isEmpty();
                checker.checkAlone(vm.file(), config, first);
                checker.problems.addAll(new ImageChecks(vm.file(), config, checker.rules).check(vm.images()));
                setups.add(new VmSetup(config, vm.images()));
            }
        }
        checker.checkTogether(vms, readable);
        checker.problems.addAll(new VirtioChecks(numbered).check());
        if (!checker.problems.isEmpty()) {
            throw new ConfigException(checker.problems);
        }
        return setups;
    }

    private void add(VmConfigFile file, String path, String format, Object... arguments) {
        problems.add(file.problem(path, format.formatted(arguments)));
    }

    // ---- one VM ----

    private void checkAlone(VmConfigFile file, VmConfig config, boolean first) {
        int nameLength = config.name().getBytes(StandardCharsets.UTF_8).length;
        if (nameLength == 0 || nameLength > LONGEST_NAME) {
            add(file, "name", "a VM's name has 1 to %d bytes, this one has %d", LONGEST_NAME, nameLength);
        }
        if (config.name().chars().anyMatch(Character::isISOControl)) {
            add(file, "name", "a VM's name has no control characters: it is shown on terminals");
        }
        if (NUMBER.matcher(config.name()).matches()) {
            add(file, "name", "%s is a number, and orders name VMs by number or name", config.name());
        }
        int problemsBefore = problems.size();
        checkCpu(file, config.cpu());
        boolean hasCores = problems.size() == problemsBefore;
        checkMemory(file, config, first);
        checkWindows(file, config);
        problems.addAll(new DeviceChecks(file, config, platform).check());
        if (hasCores && interruptFiles != null) {
            checkInterruptFiles(file, config, interruptFiles);
        }
    }

    private void checkCpu(VmConfigFile file, VmConfig.Cpu cpu) {
        if (cpu.bitmap() == 0) {
            add(file, "cpu.allocate_bitmap", "the VM has no core");
            return;
        }
        if (cpu.bitmap() >>> platform.cores() != 0) {
            add(
                    file,
                    "cpu.allocate_bitmap",
                    "core %d is not on the board, which has cores 0 to %d",
                    63 - Long.numberOfLeadingZeros(cpu.bitmap()),
                    platform.cores() - 1);
        }
        if (cpu.count() < 1 || cpu.count() > MOST_VCPUS || cpu.count() > Long.bitCount(cpu.bitmap())) {
            add(
                    file,
                    "cpu.num",
                    "%d vCPUs: a VM has 1 to %d, and no more than cores in its bitmap (%d)",
                    cpu.count(),
                    MOST_VCPUS,
                    Long.bitCount(cpu.bitmap()));
        }
        if (cpu.master() > 63 || (cpu.bitmap() >>> cpu.master() & 1) == 0) {
            add(
                    file,
                    "cpu.master",
                    "core %d is not among the VM's cores, 0b%s",
                    cpu.master(),
                    Long.toBinaryString(cpu.bitmap()));
        }
    }

    private void checkMemory(VmConfigFile file, VmConfig config, boolean first) {
        if (config.memory().isEmpty()) {
            add(file, "memory.region", "the VM has no memory");
        }
        for (int i = 0; i < config.memory().size(); i++) {
            MemoryRegion region = config.memory().get(i);
            String path = "memory.region[" + i + "]";
            if ((region.base() & 0xfff) != 0 || (region.length() & 0xfff) != 0) {
                add(file, path, "%s: base and length are multiples of 4 KiB", region);
            }
            if (region.end() > 1L << rules.addressBits()) {
                add(file, path, "%s: addresses have %d bits", region, rules.addressBits());
            }
            boolean atItsPlace = first && ram.allocateAt(region);
            if (!atItsPlace && ram.allocate(region.length(), BLOCK) == null) {
                add(
                        file,
                        path,
                        "the board has no 0x%x bytes of RAM in one piece left for it; free: %s",
                        region.length(),
                        ram.freeRegions().isEmpty() ? "nothing" : ram.freeRegions());
            }
        }
    }

    /** The window of a shyper device is RAM of the board too. */
    private void checkWindows(VmConfigFile file, VmConfig config) {
        for (int i = 0; i < config.emulated().size(); i++) {
            VmConfig.Emulated device = config.emulated().get(i);
            long length = device.region().length() - ShyperDevice.REGISTERS;
            if (device.type() == EmulatedDeviceType.SHYPER
                    && length > 0
                    && ram.allocate(length, StageTwo.PAGE) == null) {
                add(
                        file,
                        "emulated_device.emulated_device_list[" + i + "].length",
                        "the board has no 0x%x bytes of RAM in one piece left for the window",
                        length);
            }
        }
    }

    /** A VM's files are those of its harts that the VMs before it leave. */
    private void checkInterruptFiles(VmConfigFile file, VmConfig config, GuestFiles files) {
        if (!config.has(EmulatedDeviceType.APLIC)) {
            if (files.areMappedBy(config)) {
                add(
                        file,
                        "passthrough_device.passthrough_device_list",
                        "interrupt files are only for VMs with EMU_DEVICE_T_APLIC");
            }
            return;
        }
        GuestFiles.Refusal refusal = files.refusal(config);
        if (refusal == null) {
            files.claim(config.name(), config);
        } else {
            add(file, refusal.path(), "%s", refusal.reason());
        }
    }

    // ---- all VMs ----

    private void checkTogether(List<VmSource> vms, Map<VmConfigFile, VmConfig> readable) {
        if (vms.isEmpty() || vms.size() > mostVms) {
            problems.add(new ConfigProblem("", 0, "", "there are 1 to %d VMs, not %d".formatted(mostVms, vms.size())));
        }
        Set<String> names = new HashSet<>();
        Map<Integer, String> interrupts = new HashMap<>();
        List<Owned> owned = new ArrayList<>();
        for (VmSource vm : vms) {
            VmConfigFile file = vm.file();
            VmConfig config = readable.get(file);
            if (config == null) {
                continue;
            }
            if (!names.add(config.name())) {
                add(file, "name", "another VM is called %s too", config.name());
            }
            for (int i = 0; i < config.passthrough().size(); i++) {
                String path = "passthrough_device.passthrough_device_list[" + i + "]";
                VmConfig.Passthrough device = config.passthrough().get(i);
                checkOwner(file, path, config.name(), device, owned);
                for (int j = 0; j < device.interrupts().size(); j++) {
                    int interrupt = device.interrupts().get(j);
                    String owner = interrupt < platform.interrupts().firstShared()
                            ? null
                            : interrupts.put(interrupt, config.name());
                    if (owner != null && !owner.equals(config.name())) {
                        add(
                                file,
                                path + ".irq_list[" + j + "]",
                                "interrupt %d belongs to VM %s already",
                                interrupt,
                                owner);
                    }
                }
            }
            checkDedicatedCores(file, config, readable);
        }
    }

    private record Owned(MemoryRegion physical, String vm) {}

    /** A device has one owner. The GIC's virtual CPU interface is a different one on every core, so VMs share its address. */
    private void checkOwner(VmConfigFile file, String path, String vm, VmConfig.Passthrough device, List<Owned> owned) {
        if (device.physical() + device.region().length() < 0) {
            return; // DeviceChecks has said so
        }
        MemoryRegion physical =
                new MemoryRegion(device.physical(), device.region().length());
        boolean banked = platform.interrupts() instanceof PlatformDescription.Gic gic
                && (device.physical() == gic.virtualCpuInterface() || device.physical() == gic.cpuInterface());
        for (Owned other : owned) {
            if (!banked && other.physical().overlaps(physical)) {
                add(file, path + ".base_pa", "%s belongs to VM %s already", physical, other.vm());
            }
        }
        owned.add(new Owned(physical, vm));
    }

    private void checkDedicatedCores(VmConfigFile file, VmConfig config, Map<VmConfigFile, VmConfig> all) {
        if (!config.has(EmulatedDeviceType.GPPT)) {
            return;
        }
        for (Map.Entry<VmConfigFile, VmConfig> entry : all.entrySet()) {
            @Nullable VmConfig other = entry.getValue();
            if (!entry.getKey().equals(file)
                    && (other.cpu().bitmap() & config.cpu().bitmap()) != 0) {
                add(
                        file,
                        "cpu.allocate_bitmap",
                        "a VM with EMU_DEVICE_T_GPPT takes interrupts itself and needs cores of its own; VM %s uses 0b%s too",
                        other.name(),
                        Long.toBinaryString(other.cpu().bitmap() & config.cpu().bitmap()));
            }
        }
    }
}
