package org.shyperlab.hypervisor.config;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/** Checks what is loaded into one VM: that it fits, that it is whole, and that nothing lies on top of anything else. */
final class ImageChecks {
    /** Offsets in the header of a Linux image, the same for arm64 and RISC-V. */
    private static final int LINUX_SIZE = 16;

    private static final int LINUX_MAGIC = 56;
    private static final int LINUX_HEADER = 64;
    private static final int TREE_MAGIC_VALUE = 0xd00d_feed;
    private static final int TREE_HEADER = 40;

    private final VmConfigFile file;
    private final VmConfig config;
    private final BoardRules rules;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final List<Loaded> loaded = new ArrayList<>();

    private record Loaded(MemoryRegion region, String name) {}

    ImageChecks(VmConfigFile file, VmConfig config, BoardRules rules) {
        this.file = file;
        this.config = config;
        this.rules = rules;
    }

    List<ConfigProblem> check(List<VmSetup.Image> images) {
        VmConfig.Image image = config.image();
        requireRam("image.kernel_load_ipa", image.kernelAddress());
        requireRam("image.kernel_entry_point", image.entryPoint());
        if (image.entryPoint() % rules.instructionAlignment() != 0) {
            add(
                    "image.kernel_entry_point",
                    "0x%x is not a multiple of %d",
                    image.entryPoint(),
                    rules.instructionAlignment());
        }
        if (image.deviceTreeFile() != null || image.deviceTreeAddress() != 0) {
            requireRam("image.device_tree_load_ipa", image.deviceTreeAddress());
            if ((image.deviceTreeAddress() & 7) != 0) {
                add("image.device_tree_load_ipa", "0x%x is not a multiple of 8", image.deviceTreeAddress());
            }
        }
        if (image.ramdiskFile() != null) {
            requireRam("image.ramdisk_load_ipa", image.ramdiskAddress());
        }
        for (VmSetup.Image bytes : images) {
            checkBytes(bytes);
        }
        return problems;
    }

    private void add(String path, String format, Object... arguments) {
        problems.add(file.problem(path, format.formatted(arguments)));
    }

    private void requireRam(String path, long address) {
        for (MemoryRegion region : config.memory()) {
            if (region.contains(address, 1)) {
                return;
            }
        }
        add(path, "0x%x is not in the VM's RAM, %s", address, config.memory());
    }

    private static String path(VmSetup.Image image) {
        return switch (image.name()) {
            case "kernel" -> "image.kernel_filename";
            case "device tree" -> "image.device_tree_filename";
            case "ramdisk" -> "image.ramdisk_filename";
            default -> "image";
        };
    }

    private void checkBytes(VmSetup.Image image) {
        String path = path(image);
        int length = image.bytes().length;
        if (length == 0) {
            add(path, "the %s is empty", image.name());
            return;
        }
        long needed = length;
        ByteBuffer bytes = ByteBuffer.wrap(image.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        if (image.name().equals("kernel") && config.type() == VmType.VM_T_LINUX) {
            needed = linuxSize(path, bytes);
        }
        if (image.name().equals("device tree")) {
            checkTree(path, bytes.order(ByteOrder.BIG_ENDIAN));
        }
        MemoryRegion region = new MemoryRegion(image.ipa(), needed);
        boolean inside = false;
        for (MemoryRegion ram : config.memory()) {
            inside |= ram.contains(region.base(), region.length());
        }
        if (!inside) {
            add(
                    path,
                    "the %s needs %s, which is not inside one region of the VM's RAM, %s",
                    image.name(),
                    region,
                    config.memory());
        }
        for (Loaded other : loaded) {
            if (other.region().overlaps(region)) {
                add(path, "the %s at %s overlaps the %s at %s", image.name(), region, other.name(), other.region());
            }
        }
        loaded.add(new Loaded(region, image.name()));
    }

    /** What the kernel needs in memory, its uninitialised data included. */
    private long linuxSize(String path, ByteBuffer bytes) {
        int length = bytes.capacity();
        if (length < LINUX_HEADER) {
            add(
                    path,
                    "the kernel has %d bytes: truncated, a Linux image for %s starts with %d bytes of header",
                    length,
                    rules.linux(),
                    LINUX_HEADER);
            return length;
        }
        if (bytes.getInt(LINUX_MAGIC) != rules.linuxMagic()) {
            add(
                    path,
                    "not a Linux image for %s: the magic number 0x%08x is not at offset %d",
                    rules.linux(),
                    rules.linuxMagic(),
                    LINUX_MAGIC);
            return length;
        }
        long size = bytes.getLong(LINUX_SIZE);
        if (size < length || size > 1L << 32) {
            return length; // old or strange header; the file's own size is what we know
        }
        return size;
    }

    private void checkTree(String path, ByteBuffer bytes) {
        int length = bytes.capacity();
        if (length < TREE_HEADER || bytes.getInt(0) != TREE_MAGIC_VALUE) {
            add(path, "not a flattened device tree: it does not start with 0xd00dfeed");
        } else if (Integer.toUnsignedLong(bytes.getInt(4)) > length) {
            add(
                    path,
                    "the device tree is truncated: it says it has %d bytes, there are %d",
                    Integer.toUnsignedLong(bytes.getInt(4)),
                    length);
        }
    }
}
