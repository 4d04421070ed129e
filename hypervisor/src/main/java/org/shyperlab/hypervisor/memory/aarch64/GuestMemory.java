package org.shyperlab.hypervisor.memory.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.memory.GuestRam;

/** A VM's memory as its guest sees it: by IPA, or by virtual address through the guest's own stage 1 too. */
public final class GuestMemory extends GuestRam {
    /** Result of {@link #translate} when the guest's own tables do not translate the address. */
    public static final long FAULT = -1;

    private static final long OUTPUT_MASK = 0xffff_ffff_f000L;

    private final AddressSpace bus;

    /** The memory behind {@code stageTwo}. */
    public GuestMemory(AddressSpace bus, StageTwoTable stageTwo) {
        super(bus, stageTwo);
        this.bus = bus;
    }

    /**
     * Translates a virtual address through the running guest's stage 1 (Arm ARM D8.2), with any granule, for a read at EL1.
     * Permissions are not looked at: this is for instructions that the core has fetched and for addresses it has accessed.
     *
     * @return the IPA, or {@link #FAULT}
     */
    public long translate(A64Core core, long virtual) {
        if ((core.get(SysReg.SCTLR_EL1) & 1) == 0) {
            return virtual;
        }
        boolean high = (virtual & 1L << 55) != 0;
        long control = core.get(SysReg.TCR_EL1);
        int half = (int) (high ? control >>> 16 : control) & 0xffff;
        int granule = granuleBits(half >>> 14, high);
        int inputBits = 64 - (half & 0x3f);
        if ((half & 1 << 7) != 0 || granule == 0 || inputBits > 48 || inputBits < granule + 4) {
            return FAULT;
        }
        boolean ignoreTop = (control >>> (high ? 38 : 37) & 1) != 0;
        long extension = (ignoreTop ? virtual << 8 >> 8 : virtual) >> inputBits;
        if (extension != (high ? -1 : 0)) {
            return FAULT;
        }
        long base = core.get(high ? SysReg.TTBR1_EL1 : SysReg.TTBR0_EL1) & 0xffff_ffff_fffeL;
        return walk(base, virtual & (1L << inputBits) - 1, inputBits, granule);
    }

    /** TG0 and TG1 encode the granule differently (D24.2.144). */
    private static int granuleBits(int field, boolean high) {
        return switch (field) {
            case 0 -> high ? 0 : 12;
            case 1 -> high ? 14 : 16;
            case 2 -> high ? 12 : 14;
            default -> high ? 16 : 0;
        };
    }

    private long walk(long root, long virtual, int inputBits, int granule) {
        int stride = granule - 3;
        int level = 4 - (inputBits - granule + stride - 1) / stride;
        long table = root;
        for (; level <= 3; level++) {
            int shift = granule + stride * (3 - level);
            int bits = Math.min(stride, inputBits - shift);
            long index = virtual >>> shift & (1L << bits) - 1;
            long entry = physical(table + index * 8, 8);
            if (entry == StageTwoTable.UNMAPPED) {
                return FAULT;
            }
            long descriptor = bus.read(Device.NO_CORE, entry, 8);
            boolean tableOrPage = (descriptor & 2) != 0;
            if ((descriptor & 1) == 0 || level == 3 && !tableOrPage || level == 0 && !tableOrPage) {
                return FAULT;
            }
            if (level == 3 || !tableOrPage) {
                long offset = (1L << shift) - 1;
                return descriptor & OUTPUT_MASK & ~offset | virtual & offset;
            }
            table = descriptor & OUTPUT_MASK & -(1L << granule);
        }
        return FAULT;
    }
}
