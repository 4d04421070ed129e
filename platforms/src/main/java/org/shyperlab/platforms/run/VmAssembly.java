package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.guestimages.linux.Iptables;
import org.shyperlab.guestimages.linux.KernelImage;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmConfigFile;
import org.shyperlab.hypervisor.config.VmConfigReader;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.hypervisor.config.VmType;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.platforms.board.Region;
import org.shyperlab.platforms.board.SystemTree;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.scenario.NetworkPlan;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.VmChange;

/** Reads a scenario's VM configurations, applies the user's options to VM 0, and gathers each VM's images. */
final class VmAssembly {
    private final Scenario scenario;
    private final RunOptions options;
    private final Images images;
    /** Says which VM has the uplink. */
    private final NetworkPlan network;

    VmAssembly(Scenario scenario, RunOptions options, Images images) {
        this.scenario = scenario;
        this.options = options;
        this.images = images;
        NetworkPlan wanted = options.network();
        network = wanted.uplink() == null ? scenario.network() : wanted;
    }

    /** The VMs, ready to be checked. A configuration that is not even well-formed comes without images. */
    List<VmSource> sources() {
        List<VmSource> sources = new ArrayList<>();
        for (Scenario.VmFile named : scenario.vms()) {
            VmConfigFile file = VmConfigReader.read(named.name(), named.json());
            VmConfig config = file.config();
            sources.add(
                    config == null
                            ? new VmSource(file, List.of())
                            : source(file, named.change(), config, sources.size()));
        }
        return sources;
    }

    /** Reads the images of the VM with this number. */
    private VmSource source(VmConfigFile file, VmChange change, VmConfig unchanged, int number) {
        VmConfig original = changed(change, unchanged, number);
        boolean first = number == 0;
        boolean ownKernel = first && options.kernel() != null;
        KernelImage kernel = ownKernel && options.kernel() != null
                ? images.userKernel(options.kernel())
                : images.kernel(
                        original.image().kernelFile(),
                        change.kernel() == null
                                ? place(file, "kernel_filename")
                                : scenario.places().at("vms[%d].kernel".formatted(number)));
        VmConfig config = first ? changed(original, ownKernel ? kernel : null) : original;
        boolean routes = network.hasUplink(number, config.name()) && hasNetwork(config);
        if (network.hasUplink(number, config.name())) {
            config = UplinkDevice.addTo(config, scenario.board());
        }
        byte[] initrd = initrd(config, first, routes, kernel, place(file, "ramdisk_filename"));

        VmConfig.Image image = config.image();
        List<VmSetup.Image> loaded = new ArrayList<>();
        loaded.add(new VmSetup.Image("kernel", image.kernelAddress(), kernel.bytes()));
        Region ramdisk = null;
        if (initrd != null) {
            loaded.add(new VmSetup.Image("ramdisk", image.ramdiskAddress(), initrd));
            ramdisk = new Region("initial RAM disk", image.ramdiskAddress(), initrd.length);
        }
        if (image.deviceTreeFile() != null) {
            byte[] tree = images.bytes("device tree", image.deviceTreeFile(), place(file, "device_tree_filename"));
            loaded.add(new VmSetup.Image("device tree", image.deviceTreeAddress(), tree));
        } else if (image.deviceTreeAddress() != 0) {
            SystemTree.Chosen chosen = new SystemTree.Chosen(config.commandLine(), ramdisk, config.name());
            byte[] tree = VmTree.blob(scenario.board(), file.file(), config, chosen);
            loaded.add(new VmSetup.Image("device tree", image.deviceTreeAddress(), tree));
        }
        return new VmSource(new VmConfigFile(file.file(), config, file.lines(), file.problems()), loaded);
    }

    private VmConfig changed(VmChange change, VmConfig config, int number) {
        try {
            return change.apply(config);
        } catch (InputException error) {
            throw error.at(scenario.places().at("vms[%d]".formatted(number)));
        }
    }

    /** Where a configuration names an image. */
    static String place(VmConfigFile file, String key) {
        return file.problem("image." + key, "").toString();
    }

    private byte @Nullable [] initrd(VmConfig config, boolean first, boolean routes, KernelImage kernel, String place) {
        String named = config.image().ramdiskFile();
        if (first && options.wantsShippedLinux() && (options.initrd() != null || !Images.runsCommands(named))) {
            throw Images.noShippedLinux(scenario.name(), options);
        }
        if (first && options.initrd() != null) {
            return Images.userBytes("initial RAM disk", options.initrd());
        }
        if (named == null || !kernel.usesInitrd()) {
            return null;
        }
        Scenario.Step step = scenario.step(config.name());
        String unattended = step == null ? null : step.run();
        List<String> drivers = drivers(config);
        boolean tools = routes && Images.runsCommands(named);
        if (tools) {
            drivers.addAll(Iptables.MODULES);
        }
        byte[] initrd = first
                ? images.firstInitrd(named, unattended, drivers, new ManagementFolder(scenario, images).files(), place)
                : images.initrd(named, unattended, drivers, place);
        return tools ? images.withIptables(initrd) : initrd;
    }

    private static boolean hasNetwork(VmConfig config) {
        return config.emulated().stream().anyMatch(device -> device.type() == EmulatedDeviceType.VIRTIO_NET);
    }

    /** The kernel modules for the VM's virtio devices; Debian's kernels have the console's built in. */
    static List<String> drivers(VmConfig config) {
        List<String> modules = new ArrayList<>();
        for (VmConfig.Emulated device : config.emulated()) {
            switch (device.type()) {
                case VIRTIO_BLK, VIRTIO_BLK_MEDIATED -> modules.add("virtio_blk");
                case VIRTIO_NET -> modules.add("virtio_net");
                default -> {}
            }
            if (device.type().isVirtio()) {
                modules.addFirst("virtio_mmio");
            }
        }
        return modules;
    }

    /** VM 0 with the user's options. */
    private VmConfig changed(VmConfig config, @Nullable KernelImage ownKernel) {
        return new VmConfig(
                config.name(),
                ownKernel == null || ownKernel.format() == KernelImage.Format.LINUX
                        ? config.type()
                        : VmType.VM_T_BARE_MATEL_APP,
                options.append() == null ? config.commandLine() : options.append(),
                image(config, ownKernel),
                memory(config.memory()),
                cpu(config.cpu()),
                config.emulated(),
                config.passthrough(),
                config.deviceTree());
    }

    private VmConfig.Image image(VmConfig config, @Nullable KernelImage ownKernel) {
        VmConfig.Image image = config.image();
        if (options.initrd() != null && image.ramdiskAddress() == 0) {
            throw new InputException(
                    "--initrd: VM %s has no place for an initial RAM disk; give its configuration a ramdisk_load_ipa."
                            .formatted(config.name()));
        }
        if (ownKernel == null || config.memory().isEmpty()) {
            return image;
        }
        long address = ownKernel.address(config.memory().getFirst().base());
        return new VmConfig.Image(
                image.kernelFile(),
                address,
                address + ownKernel.entryOffset(),
                image.deviceTreeFile(),
                deviceTree(config, ownKernel),
                image.ramdiskFile(),
                image.ramdiskAddress());
    }

    /** The configuration knows where Linux has room for the device tree; other programs have it where they would on the bare board. */
    private long deviceTree(VmConfig config, KernelImage kernel) {
        long configured = config.image().deviceTreeAddress();
        if (configured == 0 || kernel.format() == KernelImage.Format.LINUX) {
            return configured;
        }
        MemoryRegion ram = memory(config.memory()).getFirst();
        return Placement.of(new Region("RAM", ram.base(), ram.length()), kernel, null)
                .deviceTree()
                .base();
    }

    private List<MemoryRegion> memory(List<MemoryRegion> regions) {
        if (options.memory() == null) {
            return regions;
        }
        if (regions.size() != 1) {
            throw new InputException("--memory: VM 0 has %d memory regions; change its configuration instead."
                    .formatted(regions.size()));
        }
        return List.of(new MemoryRegion(regions.getFirst().base(), options.memory()));
    }

    private VmConfig.Cpu cpu(VmConfig.Cpu cpu) {
        if (options.cores() == null) {
            return cpu;
        }
        if (scenario.vms().size() != 1) {
            throw new InputException(
                    "--cores: scenario %s has %d VMs, and their configurations say who gets which core; change those instead."
                            .formatted(scenario.name(), scenario.vms().size()));
        }
        return new VmConfig.Cpu(options.cores(), (1L << options.cores()) - 1, 0);
    }
}
