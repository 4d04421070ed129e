package org.shyperlab.platforms.scenario;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.net.MacAddress;
import org.shyperlab.platforms.input.InputException;

/**
 * In what a VM of a scenario differs from its configuration file, so that VMs which are alike have one file.
 *
 * @param name another name, or null
 * @param kernel another kernel, or null
 * @param core the only core that it has, or null for the file's
 * @param mac another address of its first network device, or null
 */
public record VmChange(
        @Nullable String name,
        @Nullable String kernel,
        @Nullable Integer core,
        @Nullable MacAddress mac) {
    /** None: the VM is as its file says. */
    public static final VmChange NONE = new VmChange(null, null, null, null);

    /**
     * The configuration with this change.
     *
     * @throws InputException when there is nothing to change
     */
    public VmConfig apply(VmConfig config) {
        VmConfig.Image image = config.image();
        return new VmConfig(
                name == null ? config.name() : name,
                config.type(),
                config.commandLine(),
                new VmConfig.Image(
                        kernel == null ? image.kernelFile() : kernel,
                        image.kernelAddress(),
                        image.entryPoint(),
                        image.deviceTreeFile(),
                        image.deviceTreeAddress(),
                        image.ramdiskFile(),
                        image.ramdiskAddress()),
                config.memory(),
                core == null ? config.cpu() : new VmConfig.Cpu(1, 1L << core, core),
                mac == null ? config.emulated() : withAddress(config, mac),
                config.passthrough(),
                config.deviceTree());
    }

    private static List<VmConfig.Emulated> withAddress(VmConfig config, MacAddress mac) {
        List<VmConfig.Emulated> devices = new ArrayList<>(config.emulated());
        for (int i = 0; i < devices.size(); i++) {
            VmConfig.Emulated device = devices.get(i);
            if (device.type() == EmulatedDeviceType.VIRTIO_NET) {
                List<Long> bytes = new ArrayList<>();
                for (int n = MacAddress.LENGTH - 1; n >= 0; n--) {
                    bytes.add(mac.bits() >>> Byte.SIZE * n & 0xff);
                }
                devices.set(
                        i,
                        new VmConfig.Emulated(
                                device.name(), device.region(), device.interrupt(), bytes, device.type()));
                return devices;
            }
        }
        throw new InputException("mac: VM %s has no EMU_DEVICE_T_VIRTIO_NET".formatted(config.name()));
    }
}
