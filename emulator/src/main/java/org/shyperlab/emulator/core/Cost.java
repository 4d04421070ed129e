package org.shyperlab.emulator.core;

/** Events that cost virtual time beyond the instructions executed. A board's cost table prices each in core cycles. */
public enum Cost {
    /** Entry to EL2/HS and return, whatever the reason. */
    TRAP,
    /** One access of a core to a device register. */
    DEVICE_ACCESS,
    /** Taking a physical interrupt at the hypervisor's level. */
    INTERRUPT,
    /** World switch to another vCPU. */
    WORLD_SWITCH
}
