package org.shyperlab.hypervisor.config;

/** Types of device tree nodes, with Rust-Shyper's numbers. A configuration names them with the prefix {@code DTB_DEVICE_T_}. */
public enum DeviceTreeType {
    /** A serial port. */
    CONSOLE,
    /** A GIC distributor. */
    GICD,
    /** A GICv2 CPU interface. */
    GICC,
    /** A GICv3 redistributor. */
    GICR,
    /** A RISC-V PLIC. */
    PLIC,
    /** A RISC-V APLIC. */
    APLIC;

    /** What comes before the name in a configuration. */
    public static final String PREFIX = "DTB_DEVICE_T_";
}
