package org.shyperlab.hypervisor.config;

import java.util.List;
import java.util.stream.Collectors;
import org.shyperlab.hypervisor.PlatformDescription;

/**
 * What a board's architecture and interrupt controller ask of VM configurations.
 *
 * @param controller the interrupt controller's name, with its article
 * @param controllers the emulated devices that are a VM's interrupt controller; a VM has one of them
 * @param addressBits size of a VM's address space
 * @param linux what kernels are called
 * @param linuxMagic the number at offset 56 of a Linux image (Documentation/arch/arm64/booting.rst, arch/riscv/boot-image-header.rst)
 * @param instructionAlignment what entry points are multiples of
 */
record BoardRules(
        String controller,
        List<EmulatedDeviceType> controllers,
        int addressBits,
        String linux,
        int linuxMagic,
        int instructionAlignment) {
    private static final int ARM64_MAGIC = 0x644d_5241;
    private static final int RISCV_MAGIC = 0x0543_5352;

    static BoardRules of(PlatformDescription platform) {
        return switch (platform.interrupts()) {
            case PlatformDescription.Gic ignored ->
                new BoardRules(
                        "a GIC",
                        List.of(EmulatedDeviceType.GICD, EmulatedDeviceType.GPPT),
                        40,
                        "arm64",
                        ARM64_MAGIC,
                        4);
            case PlatformDescription.Plic ignored -> riscv("a PLIC", EmulatedDeviceType.PLIC);
            case PlatformDescription.Aia ignored -> riscv("an APLIC", EmulatedDeviceType.APLIC);
        };
    }

    private static BoardRules riscv(String controller, EmulatedDeviceType type) {
        return new BoardRules(controller, List.of(type), 41, "RISC-V", RISCV_MAGIC, 2);
    }

    /** The interrupt controllers that a VM may have, as configurations name them. */
    String choices() {
        return controllers.stream()
                .map(type -> EmulatedDeviceType.PREFIX + type)
                .collect(Collectors.joining(" or "));
    }
}
