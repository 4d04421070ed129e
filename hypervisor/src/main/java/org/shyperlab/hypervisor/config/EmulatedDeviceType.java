package org.shyperlab.hypervisor.config;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Types of emulated devices, with Rust-Shyper's numbers. A configuration names them with the prefix {@code EMU_DEVICE_T_}. */
public enum EmulatedDeviceType {
    /** A serial console: the board's kind of serial port. */
    CONSOLE(0, true),
    /** A GICv2 distributor. */
    GICD(1, true),
    /** GIC partial passthrough: distributor accesses are checked and forwarded to the physical one. */
    GPPT(2, true),
    /** A virtio block device. */
    VIRTIO_BLK(3, true),
    /** A virtio network device. */
    VIRTIO_NET(4, true),
    /** A virtio console. */
    VIRTIO_CONSOLE(5, true),
    /** The channel of the shyper driver. */
    SHYPER(6, true),
    /** A virtio block device that the management VM serves. */
    VIRTIO_BLK_MEDIATED(7, true),
    /** An SMMU. */
    IOMMU(8, false),
    /** GICv3 ICC_SRE accesses. */
    SRE(9, false),
    /** GICv3 ICC_SGIR accesses. */
    SGIR(10, false),
    /** A GICv3 redistributor. */
    GICR(11, false),
    /** A clock and reset unit. */
    META(12, false),
    /** A RISC-V PLIC. */
    PLIC(13, true),
    /** A RISC-V APLIC. */
    APLIC(14, true);

    /** What comes before the name in a configuration. */
    public static final String PREFIX = "EMU_DEVICE_T_";

    private final int number;
    private final boolean implemented;

    EmulatedDeviceType(int number, boolean implemented) {
        this.number = number;
        this.implemented = implemented;
    }

    /** The number in hypercalls. */
    public int number() {
        return number;
    }

    /** The type with this number, or null. */
    public static @Nullable EmulatedDeviceType of(long number) {
        for (EmulatedDeviceType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        return null;
    }

    /** The types that this hypervisor can emulate, for messages. */
    static String implemented() {
        return Arrays.stream(values())
                .filter(EmulatedDeviceType::isImplemented)
                .map(Enum::name)
                .collect(Collectors.joining(", "));
    }

    /** Whether it is an interrupt controller, to which the VM's other devices are wired. */
    public boolean isInterruptController() {
        return this == GICD || this == GPPT || this == PLIC || this == APLIC;
    }

    /** Whether it is a virtio device, registers in guest-physical memory and one interrupt. */
    public boolean isVirtio() {
        return this == VIRTIO_BLK || this == VIRTIO_NET || this == VIRTIO_CONSOLE || this == VIRTIO_BLK_MEDIATED;
    }

    /** How many numbers configure it at the most (cfg_list): first sector and sectors; an address' bytes; peer VM and its console. */
    public int parameters() {
        return switch (this) {
            case VIRTIO_BLK, VIRTIO_BLK_MEDIATED, VIRTIO_CONSOLE -> 2;
            case VIRTIO_NET -> 6;
            default -> 0;
        };
    }

    /** Whether this hypervisor can emulate it. */
    public boolean isImplemented() {
        return implemented;
    }
}
