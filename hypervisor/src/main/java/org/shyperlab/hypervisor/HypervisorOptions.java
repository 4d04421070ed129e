package org.shyperlab.hypervisor;

/**
 * Choices that change how the hypervisor works but not what guests see.
 *
 * @param blocks whether VM RAM is mapped with 2 MiB blocks; if not, with 4 KiB pages as Rust-Shyper does by default
 * @param ipaBits size of the VMs' address spaces, 39 or 40 bits
 * @param waitTrapping when WFI traps
 * @param permissive every VM may make the hypercalls of the management VM, as in Rust-Shyper: to show why that is wrong
 * @param mostVms how many VMs there may be, 1 to {@link #LARGEST_MOST_VMS}
 */
public record HypervisorOptions(
        boolean blocks, int ipaBits, WaitTrapping waitTrapping, boolean permissive, int mostVms) {
    /** Cores know VMs by identifiers of 8 bits (AArch64: VTCR_EL2.VS = 0), and 0 is not used. */
    public static final int LARGEST_MOST_VMS = 255;

    /** When a guest's WFI traps to the hypervisor (HCR_EL2.TWI). */
    public enum WaitTrapping {
        /** Only on cores that several vCPUs share: a vCPU alone on its core may as well sleep in hardware, without a world switch. */
        SHARED_CORES,
        /** Always: to see every WFI in the trap trace. */
        ALWAYS
    }

    /**
     * 4 KiB pages as Rust-Shyper, 40 bits, WFI trapped on shared cores. Pages are also the faster choice: with blocks the engine files
     * every translation under 2 MiB, and each of the guest's TLB invalidations drops all of them.
     */
    public static final HypervisorOptions DEFAULT =
            new HypervisorOptions(false, 40, WaitTrapping.SHARED_CORES, false, 8);

    /** Checks the ranges. */
    public HypervisorOptions {
        if (ipaBits != 39 && ipaBits != 40) {
            throw new IllegalArgumentException("intermediate physical addresses have 39 or 40 bits, not " + ipaBits);
        }
        if (mostVms < 1 || mostVms > LARGEST_MOST_VMS) {
            throw new IllegalArgumentException("there may be 1 to 255 VMs, not " + mostVms);
        }
    }

    /** The same with another number of VMs. */
    public HypervisorOptions withMostVms(int number) {
        return new HypervisorOptions(blocks, ipaBits, waitTrapping, permissive, number);
    }
}
