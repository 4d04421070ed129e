package org.shyperlab.hypervisor.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/** A configuration that comes in pieces, by hypercalls. It is checked whole, by the same {@link VmConfigChecker} as files are. */
public final class VmConfigBuilder {
    /** Stands for the file name of images that hypercalls bring. */
    private static final String UPLOADED = "uploaded";

    private final String name;
    private final VmType type;
    private final String commandLine;
    private final VmConfig.Image image;
    private VmConfig.Cpu cpu = new VmConfig.Cpu(0, 0, 0);
    private final List<MemoryRegion> memory = new ArrayList<>();
    private final List<VmConfig.Emulated> emulated = new ArrayList<>();
    private final List<VmConfig.Passthrough> passthrough = new ArrayList<>();
    private final List<Integer> interrupts = new ArrayList<>();
    private final List<VmConfig.DeviceTreeNode> deviceTree = new ArrayList<>();

    /** A VM that is loaded at these addresses, and starts at the kernel's. */
    public VmConfigBuilder(
            String name,
            VmType type,
            String commandLine,
            long kernelAddress,
            long deviceTreeAddress,
            long ramdiskAddress) {
        this.name = name;
        this.type = type;
        this.commandLine = commandLine;
        image = new VmConfig.Image(
                UPLOADED, kernelAddress, kernelAddress, null, deviceTreeAddress, null, ramdiskAddress);
    }

    /** The VM's name. */
    public String name() {
        return name;
    }

    /** What kind of guest it will be. */
    public VmType type() {
        return type;
    }

    /** How much the configuration consists of: regions, devices, interrupts, nodes. */
    public int pieces() {
        return memory.size() + emulated.size() + passthrough.size() + deviceTree.size() + interrupts.size() / 64;
    }

    /** Sets the cores: the lowest {@code count} of the bitmap. */
    public void cpu(int count, long bitmap, int master) {
        cpu = VmConfig.Cpu.lowest(count, bitmap, master);
    }

    /** Adds RAM. */
    public void memory(MemoryRegion region) {
        memory.add(region);
    }

    /** Adds an emulated device. */
    public void emulated(VmConfig.Emulated device) {
        emulated.add(device);
    }

    /** Adds a device of the board at {@code physical}. */
    public void passthrough(long physical, MemoryRegion region) {
        passthrough.add(
                new VmConfig.Passthrough("passthrough[" + passthrough.size() + "]", physical, region, List.of()));
    }

    /** Adds an interrupt of one of the devices passed through. */
    public void interrupt(int number) {
        interrupts.add(number);
    }

    /** Adds a node to the VM's device tree. */
    public void deviceTree(VmConfig.DeviceTreeNode node) {
        deviceTree.add(node);
    }

    /**
     * The configuration as it is now, for the checker.
     *
     * @param source its name in messages
     * @param board the devices that can be passed through: they tell which device an interrupt belongs to
     */
    public VmSource source(String source, List<PlatformDescription.DeviceWindow> board) {
        VmConfig config =
                new VmConfig(name, type, commandLine, image, memory, cpu, emulated, withInterrupts(board), deviceTree);
        return new VmSource(new VmConfigFile(source, config, Map.of(), List.of()), List.of());
    }

    /** An interrupt that no device has goes to the last one, where the checker finds it. */
    private List<VmConfig.Passthrough> withInterrupts(List<PlatformDescription.DeviceWindow> board) {
        List<List<Integer>> lists = new ArrayList<>();
        passthrough.forEach(device -> lists.add(new ArrayList<>()));
        for (int interrupt : interrupts) {
            if (!lists.isEmpty()) {
                lists.get(ownerOf(interrupt, board)).add(interrupt);
            }
        }
        List<VmConfig.Passthrough> devices = new ArrayList<>();
        for (int i = 0; i < lists.size(); i++) {
            VmConfig.Passthrough device = passthrough.get(i);
            devices.add(new VmConfig.Passthrough(device.name(), device.physical(), device.region(), lists.get(i)));
        }
        return devices;
    }

    private int ownerOf(int interrupt, List<PlatformDescription.DeviceWindow> board) {
        for (int i = 0; i < passthrough.size(); i++) {
            PlatformDescription.@Nullable DeviceWindow window = windowOf(passthrough.get(i), board);
            if (window != null && window.interrupts().contains(interrupt)) {
                return i;
            }
        }
        return passthrough.size() - 1;
    }

    private static PlatformDescription.@Nullable DeviceWindow windowOf(
            VmConfig.Passthrough device, List<PlatformDescription.DeviceWindow> board) {
        for (PlatformDescription.DeviceWindow window : board) {
            if (window.region().contains(device.physical(), 1)) {
                return window;
            }
        }
        return null;
    }
}
