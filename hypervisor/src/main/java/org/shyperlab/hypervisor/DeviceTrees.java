package org.shyperlab.hypervisor;

import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/** Who makes device trees: a VM's tree tells of the board's devices, which the hypervisor does not know by their kinds. */
@FunctionalInterface
public interface DeviceTrees {
    /** Makes none. */
    DeviceTrees NONE = (config, ramdisk) -> {
        throw new IllegalArgumentException(
                "VM %s needs a device tree, and none can be generated here".formatted(config.name()));
    };

    /**
     * The blob for a VM.
     *
     * @param ramdisk where its initial RAM disk is, or null
     * @throws IllegalArgumentException when none can be made of this configuration, with the reason
     */
    byte[] tree(VmConfig config, @Nullable MemoryRegion ramdisk);
}
