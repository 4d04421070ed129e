package org.shyperlab.benchmarks;

import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;

/** How interrupts reach the guest, and what it does meanwhile. */
enum LatencyMode {
    NATIVE_SPIN("native, guest spins", null, true),
    NATIVE_WFI("native, guest in WFI", null, false),
    PASSTHROUGH_SPIN("GPPT, guest spins", EmulatedDeviceType.GPPT, true),
    PASSTHROUGH_WFI("GPPT, guest in WFI", EmulatedDeviceType.GPPT, false),
    EMULATED_SPIN("vGICv2, guest spins", EmulatedDeviceType.GICD, true),
    EMULATED_WFI("vGICv2, guest in WFI", EmulatedDeviceType.GICD, false);

    private final String title;
    private final @Nullable EmulatedDeviceType interrupts;
    private final boolean spins;

    LatencyMode(String title, @Nullable EmulatedDeviceType interrupts, boolean spins) {
        this.title = title;
        this.interrupts = interrupts;
        this.spins = spins;
    }

    /** For tables. */
    String title() {
        return title;
    }

    /** The hypervisor's interrupt controller for the guest; null when there is no hypervisor. */
    @Nullable
    EmulatedDeviceType interrupts() {
        return interrupts;
    }

    /** Whether the guest spins between interrupts; it sleeps otherwise. */
    boolean spins() {
        return spins;
    }
}
