package org.shyperlab.hypervisor.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/**
 * Reads Rust-Shyper's VM configuration files. Only the form is looked at here (keys, kinds of values, names of types); whether the
 * content makes sense on a board is {@link VmConfigChecker}'s business.
 */
public final class VmConfigReader {
    private static final Set<String> TOP = Set.of(
            "name", "type", "cmdline", "image", "memory", "cpu", "emulated_device", "passthrough_device", "dtb_device");
    private static final Set<String> IMAGE = Set.of(
            "kernel_filename",
            "kernel_load_ipa",
            "kernel_entry_point",
            "device_tree_filename",
            "device_tree_load_ipa",
            "ramdisk_filename",
            "ramdisk_load_ipa");
    private static final Set<String> MEMORY = Set.of("num", "region", "colors", "budget");
    private static final Set<String> REGION = Set.of("ipa_start", "length");
    private static final Set<String> CPU = Set.of("num", "allocate_bitmap", "master");
    private static final Set<String> EMULATED_LIST = Set.of("num", "emulated_device_list");
    private static final Set<String> EMULATED =
            Set.of("name", "base_ipa", "length", "irq_id", "cfg_num", "cfg_list", "type");
    private static final Set<String> PASSTHROUGH_LIST = Set.of("num", "passthrough_device_list");
    private static final Set<String> PASSTHROUGH =
            Set.of("name", "base_pa", "base_ipa", "length", "smmu_id", "irq_num", "irq_list");
    private static final Set<String> TREE_LIST = Set.of("num", "dtb_device_list");
    private static final Set<String> TREE =
            Set.of("name", "type", "irq_num", "irq_list", "addr_region_ipa", "addr_region_length");

    private final JsonReader json;

    private VmConfigReader(JsonReader json) {
        this.json = json;
    }

    /** Reads a file's text. Never throws: what is wrong is in the result. */
    public static VmConfigFile read(String file, String text) {
        JsonReader json = new JsonReader(file);
        VmConfig config = null;
        try {
            JsonValue top = JsonValue.parse(text);
            json.index(top);
            config = new VmConfigReader(json).config(top);
        } catch (JsonValue.SyntaxError e) {
            json.problem(e.line(), "", String.valueOf(e.getMessage()));
        }
        return new VmConfigFile(file, json.problems().isEmpty() ? config : null, json.lines(), json.problems());
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private VmConfig config(JsonValue value) {
        JsonValue.Members top = json.members(value, TOP);
        String name = orEmpty(json.text(top, "name", true));
        VmType type = json.choice(top, "type", VmType.class, "");
        String commandLine = orEmpty(json.text(top, "cmdline", false));
        return new VmConfig(
                name,
                type == null ? VmType.VM_T_LINUX : type,
                commandLine,
                image(json.object(top, "image", true, IMAGE)),
                memory(json.object(top, "memory", true, MEMORY)),
                cpu(json.object(top, "cpu", true, CPU)),
                emulated(json.object(top, "emulated_device", false, EMULATED_LIST)),
                passthrough(json.object(top, "passthrough_device", false, PASSTHROUGH_LIST)),
                deviceTree(json.object(top, "dtb_device", false, TREE_LIST)));
    }

    private VmConfig.Image image(JsonValue.Members from) {
        long kernel = json.number(from, "kernel_load_ipa");
        return new VmConfig.Image(
                orEmpty(json.text(from, "kernel_filename", true)),
                kernel,
                json.number(from, "kernel_entry_point", kernel),
                emptyIsNone(json.text(from, "device_tree_filename", false)),
                json.number(from, "device_tree_load_ipa", 0),
                ramdisk(from),
                json.number(from, "ramdisk_load_ipa", 0));
    }

    /** The file's name, or null. Rust-Shyper's examples name one that is not there, and say by the address 0 that there is none. */
    private @Nullable String ramdisk(JsonValue.Members from) {
        String file = emptyIsNone(json.text(from, "ramdisk_filename", false));
        boolean none = from.values().containsKey("ramdisk_load_ipa") && json.number(from, "ramdisk_load_ipa", 0) == 0;
        return none ? null : file;
    }

    /** Rust-Shyper's README writes a dash where there is no file. */
    private static @Nullable String emptyIsNone(@Nullable String text) {
        return text == null || text.isEmpty() || text.equals("-") ? null : text;
    }

    private List<MemoryRegion> memory(JsonValue.Members from) {
        json.refuse(from, "colors", "cache colouring is not implemented");
        json.refuse(from, "budget", "memory bandwidth budgets are not implemented");
        List<JsonValue> list = json.list(from, "region", true);
        json.count(from, "num", list.size());
        List<MemoryRegion> regions = new ArrayList<>();
        for (JsonValue element : list) {
            JsonValue.Members region = json.members(element, REGION);
            regions.add(region(region, "ipa_start", "length"));
        }
        return regions;
    }

    /** A range of addresses; a problem is noted when it is empty or wraps around. */
    private MemoryRegion region(JsonValue.Members from, String baseKey, String lengthKey) {
        long base = json.number(from, baseKey);
        long length = json.number(from, lengthKey);
        if (length <= 0 || base + length < 0) {
            if (from.values().containsKey(baseKey) && from.values().containsKey(lengthKey)) {
                json.problem(
                        from.line(), from.path(), "0x%x + 0x%x is not a range of addresses".formatted(base, length));
            }
            return new MemoryRegion(0, 1);
        }
        return new MemoryRegion(base, length);
    }

    private VmConfig.Cpu cpu(JsonValue.Members from) {
        return VmConfig.Cpu.lowest(
                json.smallNumber(from, "num"), json.number(from, "allocate_bitmap"), json.smallNumber(from, "master"));
    }

    private List<VmConfig.Emulated> emulated(JsonValue.Members from) {
        List<JsonValue> list = json.list(from, "emulated_device_list", JsonReader.isPresent(from));
        json.count(from, "num", list.size());
        List<VmConfig.Emulated> devices = new ArrayList<>();
        for (JsonValue element : list) {
            JsonValue.Members device = json.members(element, EMULATED);
            List<JsonValue> parameters = json.list(device, "cfg_list", false);
            json.count(device, "cfg_num", parameters.size());
            EmulatedDeviceType type = json.choice(device, "type", EmulatedDeviceType.class, EmulatedDeviceType.PREFIX);
            MemoryRegion region = region(device, "base_ipa", "length");
            int interrupt = json.smallNumber(device, "irq_id", 0); // an interrupt controller has none
            String name = orEmpty(json.text(device, "name", true));
            List<Long> values = new ArrayList<>();
            for (JsonValue parameter : parameters) {
                values.add(json.number(parameter));
            }
            if (type != null) {
                devices.add(new VmConfig.Emulated(name, region, interrupt, values, type));
            }
        }
        return devices;
    }

    private List<VmConfig.Passthrough> passthrough(JsonValue.Members from) {
        List<JsonValue> list = json.list(from, "passthrough_device_list", JsonReader.isPresent(from));
        json.count(from, "num", list.size());
        List<VmConfig.Passthrough> devices = new ArrayList<>();
        for (JsonValue element : list) {
            JsonValue.Members device = json.members(element, PASSTHROUGH);
            json.refuse(device, "smmu_id", "an SMMU is not implemented");
            String name = json.text(device, "name", false); // Rust-Shyper's guide leaves it out for interrupt files
            devices.add(new VmConfig.Passthrough(
                    name == null ? "passthrough[" + devices.size() + "]" : name,
                    json.number(device, "base_pa"),
                    region(device, "base_ipa", "length"),
                    interrupts(device)));
        }
        return devices;
    }

    private List<Integer> interrupts(JsonValue.Members device) {
        List<JsonValue> list = json.list(device, "irq_list", false);
        json.count(device, "irq_num", list.size());
        List<Integer> interrupts = new ArrayList<>();
        for (JsonValue interrupt : list) {
            interrupts.add(json.smallNumber(interrupt));
        }
        return interrupts;
    }

    private List<VmConfig.DeviceTreeNode> deviceTree(JsonValue.Members from) {
        List<JsonValue> list = json.list(from, "dtb_device_list", JsonReader.isPresent(from));
        json.count(from, "num", list.size());
        List<VmConfig.DeviceTreeNode> nodes = new ArrayList<>();
        for (JsonValue element : list) {
            JsonValue.Members node = json.members(element, TREE);
            DeviceTreeType type = json.choice(node, "type", DeviceTreeType.class, DeviceTreeType.PREFIX);
            List<Integer> interrupts = interrupts(node);
            MemoryRegion region = region(node, "addr_region_ipa", "addr_region_length");
            String name = orEmpty(json.text(node, "name", true));
            if (type != null) {
                nodes.add(new VmConfig.DeviceTreeNode(name, type, interrupts, region));
            }
        }
        return nodes;
    }
}
