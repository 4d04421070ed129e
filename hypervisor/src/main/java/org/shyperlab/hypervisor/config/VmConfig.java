package org.shyperlab.hypervisor.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/**
 * Configuration of one VM, as Rust-Shyper's JSON files describe it. Addresses of regions are intermediate physical (IPA) unless said
 * otherwise.
 *
 * @param name the VM's name
 * @param type what kind of guest
 * @param commandLine kernel command line
 * @param image what is loaded where
 * @param memory RAM
 * @param cpu cores
 * @param emulated devices that the hypervisor emulates
 * @param passthrough devices of the board that the guest uses directly
 * @param deviceTree devices that the guest's device tree mentions
 */
public record VmConfig(
        String name,
        VmType type,
        String commandLine,
        Image image,
        List<MemoryRegion> memory,
        Cpu cpu,
        List<Emulated> emulated,
        List<Passthrough> passthrough,
        List<DeviceTreeNode> deviceTree) {
    /** Copies the lists. */
    public VmConfig {
        memory = List.copyOf(memory);
        emulated = List.copyOf(emulated);
        passthrough = List.copyOf(passthrough);
        deviceTree = List.copyOf(deviceTree);
    }

    /**
     * Images and where they are loaded.
     *
     * @param kernelFile the kernel's file name
     * @param kernelAddress where it is loaded
     * @param entryPoint where vCPU 0 starts
     * @param deviceTreeFile the device tree's file name, or null when it is generated or there is none
     * @param deviceTreeAddress where the device tree is loaded and what vCPU 0 finds in X0; 0 when there is none
     * @param ramdiskFile the initial RAM disk's file name, or null
     * @param ramdiskAddress where it is loaded
     */
    public record Image(
            String kernelFile,
            long kernelAddress,
            long entryPoint,
            @Nullable String deviceTreeFile,
            long deviceTreeAddress,
            @Nullable String ramdiskFile,
            long ramdiskAddress) {}

    /**
     * Cores of the VM.
     *
     * @param count number of vCPUs
     * @param bitmap physical cores, one bit each
     * @param master the physical core of vCPU 0
     */
    public record Cpu(int count, long bitmap, int master) {
        /** Keeps the lowest {@code count} cores of the bitmap, as Rust-Shyper does. */
        public static Cpu lowest(int count, long bitmap, int master) {
            long kept = bitmap;
            while (Long.bitCount(kept) > count && count > 0) {
                kept &= ~Long.highestOneBit(kept);
            }
            return new Cpu(count, kept, master);
        }

        /** The physical core of each vCPU: the master first, then the other cores of the bitmap in ascending order. */
        public int[] cores() {
            int[] cores = new int[count];
            cores[0] = master;
            int next = 1;
            for (int core = 0; core < 64 && next < count; core++) {
                if ((bitmap >>> core & 1) != 0 && core != master) {
                    cores[next++] = core;
                }
            }
            return cores;
        }
    }

    /**
     * An emulated device.
     *
     * @param name instance name
     * @param region its registers
     * @param interrupt its interrupt id, 0 for none
     * @param parameters meaning depends on the type
     * @param type what it is
     */
    public record Emulated(
            String name, MemoryRegion region, int interrupt, List<Long> parameters, EmulatedDeviceType type) {
        /** Copies the list. */
        public Emulated {
            parameters = List.copyOf(parameters);
        }
    }

    /**
     * A device of the board in the guest's hands.
     *
     * @param name instance name
     * @param physical physical address of its registers
     * @param region where the guest sees them
     * @param interrupts its interrupt ids
     */
    public record Passthrough(String name, long physical, MemoryRegion region, List<Integer> interrupts) {
        /** Copies the list. */
        public Passthrough {
            interrupts = List.copyOf(interrupts);
        }
    }

    /**
     * A node for the generated device tree.
     *
     * @param name instance name
     * @param type what it is
     * @param interrupts its interrupt ids
     * @param region its registers
     */
    public record DeviceTreeNode(String name, DeviceTreeType type, List<Integer> interrupts, MemoryRegion region) {
        /** Copies the list. */
        public DeviceTreeNode {
            interrupts = List.copyOf(interrupts);
        }
    }

    /** Whether the VM has an emulated device of this type. */
    public boolean has(EmulatedDeviceType type) {
        for (Emulated device : emulated) {
            if (device.type() == type) {
                return true;
            }
        }
        return false;
    }
}
