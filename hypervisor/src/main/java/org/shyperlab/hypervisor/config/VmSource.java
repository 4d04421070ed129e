package org.shyperlab.hypervisor.config;

import java.util.List;
import org.shyperlab.hypervisor.VmSetup;

/**
 * A VM as it comes from files, to be checked.
 *
 * @param file its configuration
 * @param images the bytes of its images, named {@code kernel}, {@code device tree} or {@code ramdisk}; those that could not be read
 *     are left out and reported by whoever reads files
 */
public record VmSource(VmConfigFile file, List<VmSetup.Image> images) {
    /** Copies the list. */
    public VmSource {
        images = List.copyOf(images);
    }
}
