package org.shyperlab.guestimages.linux;

/** What a Linux guest is built for, with what Debian and the kernel call it. */
public enum GuestArchitecture {
    /** AArch64. Image header: Linux, Documentation/arch/arm64/booting.rst. */
    ARM64("arm64", "linux-image-cloud-arm64", "boot/vmlinuz-", 0x38, 0x644d5241),
    /** RV64. Image header: Linux, Documentation/arch/riscv/boot-image-header.rst. */
    RISCV64("riscv64", "linux-image-riscv64", "boot/vmlinux-", 0x38, 0x05435352);

    private final String debianName;
    private final String kernelPackage;
    private final String kernelPrefix;
    private final int magicOffset;
    private final int magic;

    GuestArchitecture(String debianName, String kernelPackage, String kernelPrefix, int magicOffset, int magic) {
        this.debianName = debianName;
        this.kernelPackage = kernelPackage;
        this.kernelPrefix = kernelPrefix;
        this.magicOffset = magicOffset;
        this.magic = magic;
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
}
