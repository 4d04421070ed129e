package org.shyperlab.guestimages.linux;

/** What a Linux guest is built for, with what Debian and the kernel call it. */
public enum GuestArchitecture {
    /** AArch64. Image header: Linux, Documentation/arch/arm64/booting.rst. */
    ARM64("arm64", "linux-image-cloud-arm64", "boot/vmlinuz-", 0x38, 0x644d5241, 183, 0x8_0000),
    /** RV64. Image header: Linux, Documentation/arch/riscv/boot-image-header.rst. */
    RISCV64("riscv64", "linux-image-riscv64", "boot/vmlinux-", 0x38, 0x05435352, 243, 0x20_0000);

    private final String debianName;
    private final String kernelPackage;
    private final String kernelPrefix;
    private final int magicOffset;
    private final int magic;
    private final int elfMachine;
    private final long flatOffset;

    GuestArchitecture(
            String debianName,
            String kernelPackage,
            String kernelPrefix,
            int magicOffset,
            int magic,
            int elfMachine,
            long flatOffset) {
        this.debianName = debianName;
        this.kernelPackage = kernelPackage;
        this.kernelPrefix = kernelPrefix;
        this.magicOffset = magicOffset;
        this.magic = magic;
        this.elfMachine = elfMachine;
        this.flatOffset = flatOffset;
    }

    /** Debian's name of the architecture. */
    public String debianName() {
        return debianName;
    }

    /** The metapackage of the kernel that guests run. */
    String kernelPackage() {
        return kernelPackage;
    }

    /** How the path of the kernel in its package begins. */
    String kernelPrefix() {
        return kernelPrefix;
    }

    /** Where the little-endian magic number stands in the Image header. */
    int magicOffset() {
        return magicOffset;
    }

    /** The magic number in the Image header. */
    int magic() {
        return magic;
    }

    /** e_machine of an ELF file. */
    int elfMachine() {
        return elfMachine;
    }

    /** Where a flat binary, which does not say where it wants to be, is loaded: bytes from the start of RAM, as QEMU's virt board does. */
    long flatOffset() {
        return flatOffset;
    }
}
