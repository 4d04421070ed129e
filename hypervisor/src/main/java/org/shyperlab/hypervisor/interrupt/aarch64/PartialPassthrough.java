package org.shyperlab.hypervisor.interrupt.aarch64;

import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/**
 * GIC partial passthrough: the VM's accesses to the distributor trap, are reduced to the interrupts that are its own, and go on to
 * the physical distributor. Everything else of the GIC belongs to the guest, so its interrupts arrive without a trap.
 *
 * <p>Legal are the VM's passed-through SPIs, all SGIs, and the private interrupts except those of the hypervisor (25 and 26). Other
 * fields read as zero and ignore writes. Target lists are translated between vCPUs and physical cores.
 */
public final class PartialPassthrough implements EmulatedDevice {
    private static final int GROUPS_END = 0x100;
    private static final int PRIORITY = 0x400;
    private static final int TARGETS = 0x800;
    private static final int CONFIGURATION = 0xc00;
    private static final int CONFIGURATION_END = 0xd00;
    private static final int SGIR = 0xf00;
    private static final int SGI_PENDING = 0xf10;
    private static final int SGI_PENDING_END = 0xf30;
    private static final int LEGAL_PRIVATE = ~(1 << PhysicalGic.MAINTENANCE | 1 << PhysicalGic.HYPERVISOR_TIMER);

    private final InterruptRouter router;
    private final int[] cores;
    private final int[] legal = new int[32];
    private final long size;

    /** The distributor as the VM with this configuration sees it, in a window of {@code size} bytes. */
    public PartialPassthrough(InterruptRouter router, VmConfig config, long size) {
        this.router = router;
        this.size = size;
        cores = config.cpu().cores();
        legal[0] = LEGAL_PRIVATE;
        for (VmConfig.Passthrough device : config.passthrough()) {
            for (int interrupt : device.interrupts()) {
                if (interrupt >= PhysicalGic.FIRST_SPI) {
                    legal[interrupt >>> 5] |= 1 << (interrupt & 31);
                }
            }
        }
    }

    @Override
    public String name() {
        return "gppt";
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long read(Vcpu vcpu, long offset, int size) {
        if (!isRegister(offset, size)) {
            return 0;
        }
        PhysicalGic gic = router.here();
        int register = (int) offset;
        int value = gic.readDistributor(register, size);
        if (register >= TARGETS && register < CONFIGURATION) {
            value = mapTargets(value, size, false);
        }
        return value & legalMask(register, size) & 0xffff_ffffL;
    }

    @Override
    public void write(Vcpu vcpu, long offset, int size, long value) {
        if (!isRegister(offset, size)) {
            return;
        }
        PhysicalGic gic = router.here();
        int register = (int) offset;
        if (register == SGIR) {
            sendSgi(gic, vcpu.index(), (int) value);
            return;
        }
        if (register < GROUPS_END) {
            return; // the switch for all VMs, and groups: not the guest's
        }
        int mask = legalMask(register, size);
        int wanted = (int) value;
        if (register >= TARGETS && register < CONFIGURATION) {
            wanted = mapTargets(wanted, size, true);
        }
        if (register >= PRIORITY && register < CONFIGURATION_END) {
            wanted = gic.readDistributor(register, size) & ~mask | wanted & mask;
        } else {
            wanted &= mask;
        }
        gic.writeDistributor(register, size, wanted);
    }

    private static boolean isRegister(long offset, int size) {
        if (offset >= 0x1000 || (offset & size - 1) != 0) {
            return false;
        }
        boolean bytes =
                offset >= PRIORITY && offset < CONFIGURATION || offset >= SGI_PENDING && offset < SGI_PENDING_END;
        return size == 4 || size == 1 && bytes;
    }

    /** The bits of a register that belong to legal interrupts. */
    private int legalMask(int register, int size) {
        if (register < GROUPS_END - 0x80
                || register >= SGI_PENDING_END
                || register >= CONFIGURATION_END && register < SGI_PENDING) {
            return -1; // no fields per interrupt: control, type and identification
        }
        if (register >= SGI_PENDING) {
            return -1;
        }
        int bits = register < PRIORITY ? 1 : register < CONFIGURATION ? 8 : 2;
        int base =
                register < PRIORITY ? register & 0x7f : register < CONFIGURATION ? register & 0x3ff : register & 0xff;
        int first = base * 8 / bits;
        int field = (1 << bits) - 1;
        int mask = 0;
        for (int i = 0; i < size * 8 / bits; i++) {
            int id = first + i;
            if ((legal[id >>> 5 & 31] & 1 << (id & 31)) != 0) {
                mask |= field << i * bits;
            }
        }
        return mask;
    }

    /** Translates the target byte of each interrupt between vCPU numbers and core numbers. */
    private int mapTargets(int value, int size, boolean toCores) {
        int mapped = 0;
        for (int i = 0; i < size; i++) {
            int targets = value >>> i * 8 & 0xff;
            mapped |= (toCores ? toCores(targets) : toVcpus(targets)) << i * 8;
        }
        return mapped;
    }

    private int toCores(int vcpus) {
        int mask = 0;
        for (int i = 0; i < cores.length; i++) {
            if ((vcpus & 1 << i) != 0) {
                mask |= 1 << cores[i];
            }
        }
        return mask;
    }

    private int toVcpus(int coreMask) {
        int mask = 0;
        for (int i = 0; i < cores.length; i++) {
            if ((coreMask & 1 << cores[i]) != 0) {
                mask |= 1 << i;
            }
        }
        return mask;
    }

    private void sendSgi(PhysicalGic gic, int sender, int value) {
        int all = (1 << cores.length) - 1;
        int targets = switch (value >>> 24 & 3) {
            case 0 -> value >>> 16 & all;
            case 1 -> all & ~(1 << sender);
            case 2 -> 1 << sender;
            default -> 0;
        };
        gic.writeDistributor(SGIR, 4, toCores(targets) << 16 | value & 15);
    }

    /** The VM's shared interrupts are as after a reset of the board; its private ones belong to its vCPUs ({@link OwnedInterface}). */
    @Override
    public void reset() {
        for (int id = PhysicalGic.FIRST_SPI; id < legal.length * 32; id++) {
            if ((legal[id >>> 5] & 1 << (id & 31)) != 0) {
                router.here().resetShared(id);
            }
        }
    }
}
