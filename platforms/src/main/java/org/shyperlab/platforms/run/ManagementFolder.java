package org.shyperlab.platforms.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.shyperlab.guestimages.linux.KernelImage;
import org.shyperlab.hypervisor.config.ConfigProblem;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmConfigFile;
import org.shyperlab.hypervisor.config.VmConfigReader;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.scenario.Scenario;

/**
 * Makes what stands in the management VM's {@code /root}: texts, and configurations of VMs with their images beside them, as the
 * program {@code shyper} in it wants them. Only what the hypervisor is told later counts, so a configuration is looked at here no
 * further than to find its images.
 */
final class ManagementFolder {
    private static final String KERNEL = "kernel_filename";
    private static final String RAM_DISK = "ramdisk_filename";
    private static final String DEVICE_TREE = "device_tree_filename";

    private final Scenario scenario;
    private final Images images;
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    ManagementFolder(Scenario scenario, Images images) {
        this.scenario = scenario;
        this.images = images;
    }

    /** The files by their names. */
    Map<String, byte[]> files() {
        for (Scenario.FolderFile file : scenario.folder()) {
            if (file.vm() != null) {
                addVm(file.name(), file.vm(), file.modules());
            } else if (file.text() != null) {
                add(file.name(), file.text().getBytes(StandardCharsets.UTF_8));
            }
        }
        return files;
    }

    private void addVm(String name, Scenario.VmFile vm, List<String> modules) {
        VmConfigFile read = VmConfigReader.read(vm.name(), vm.json());
        VmConfig config = read.config();
        if (config == null) {
            throw new InputException(
                    read.problems().stream().map(ConfigProblem::toString).toList());
        }
        Map<String, String> names = new LinkedHashMap<>();
        VmConfig.Image image = config.image();
        KernelImage kernel = images.kernel(image.kernelFile(), VmAssembly.place(read, KERNEL));
        names.put(KERNEL, beside(name, ".kernel", kernel.bytes()));
        if (image.ramdiskFile() != null && kernel.usesInitrd()) {
            Scenario.Step step = scenario.step(config.name());
            List<String> all = new ArrayList<>(VmAssembly.drivers(config));
            all.addAll(modules);
            byte[] initrd = images.initrd(
                    image.ramdiskFile(), step == null ? null : step.run(), all, VmAssembly.place(read, RAM_DISK));
            names.put(RAM_DISK, beside(name, ".ramdisk", initrd));
        }
        if (image.deviceTreeFile() != null) {
            byte[] tree = images.bytes("device tree", image.deviceTreeFile(), VmAssembly.place(read, DEVICE_TREE));
            names.put(DEVICE_TREE, beside(name, ".dtb", tree));
        }
        add(name, renamed(vm.json(), names).getBytes(StandardCharsets.UTF_8));
    }

    private String beside(String configuration, String ending, byte[] contents) {
        String name = configuration.replaceFirst("\\.json$", "") + ending;
        add(name, contents);
        return name;
    }

    private void add(String name, byte[] contents) {
        if (files.put(name, contents) != null) {
            throw new InputException("%s: \"files\" has two files %s.".formatted(scenario.name(), name));
        }
    }

    /** The configuration with other values for the keys in {@code names}, which the format has once each. */
    private static String renamed(String json, Map<String, String> names) {
        StringWriter text = new StringWriter();
        JsonFactory factory = new JsonFactory();
        try (JsonParser parser = factory.createParser(json);
                JsonGenerator generator = factory.createGenerator(text)) {
            generator.useDefaultPrettyPrinter();
            while (parser.nextToken() != null) {
                String name = names.get(String.valueOf(parser.currentName()));
                if (name != null && parser.currentToken() == JsonToken.VALUE_STRING) {
                    generator.writeString(name);
                } else {
                    generator.copyCurrentEvent(parser);
                }
            }
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        return text + "\n";
    }
}
