package org.shyperlab.hypervisor;

import java.util.List;
import org.shyperlab.hypervisor.config.VmConfig;

/**
 * A VM to create: its configuration and the bytes that go into its RAM before it starts.
 *
 * @param config a configuration that was checked
 * @param images what is loaded
 */
public record VmSetup(VmConfig config, List<Image> images) {
    /** Copies the list. */
    public VmSetup {
        images = List.copyOf(images);
    }

    /**
     * Bytes for a VM's RAM. The array is not copied: kernels are large.
     *
     * @param name what it is, in messages
     * @param ipa where it goes
     * @param bytes the content; nobody may change it afterwards
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Image(String name, long ipa, byte[] bytes) {}
}
