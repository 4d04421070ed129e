package org.shyperlab.emulator.device.gic;

/** The fields of a list register, GICH_LRn (IHI 0048B 5.3.8). */
final class ListRegister {
    /** Bits 22:20 are reserved. */
    static final int IMPLEMENTED = 0xff8f_ffff;

    private static final int PENDING = 1 << 28;
    private static final int ACTIVE = 1 << 29;
    private static final int GROUP1 = 1 << 30;
    private static final int HARDWARE = 1 << 31;
    private static final int EOI = 1 << 19;

    private ListRegister() {}

    static int id(int entry) {
        return entry & 0x3ff;
    }

    /** The physical interrupt behind a hardware interrupt. */
    static int physicalId(int entry) {
        return entry >>> 10 & 0x3ff;
    }

    /** The virtual core that sent it, if this is a virtual SGI; else 0. */
    static int source(int entry) {
        return isHardware(entry) || id(entry) >= InterruptTable.SGIS ? 0 : entry >>> 10 & 7;
    }

    static int priority(int entry) {
        return (entry >>> 23 & 0x1f) << 3;
    }

    static boolean isGroup1(int entry) {
        return (entry & GROUP1) != 0;
    }

    static boolean isHardware(int entry) {
        return (entry & HARDWARE) != 0;
    }

    static boolean isInvalid(int entry) {
        return (entry & (PENDING | ACTIVE)) == 0;
    }

    static boolean isPendingOnly(int entry) {
        return (entry & (PENDING | ACTIVE)) == PENDING;
    }

    /** Active, or active and pending. */
    static boolean isActive(int entry) {
        return (entry & ACTIVE) != 0;
    }

    /** Invalid now, but its end is to be reported to the hypervisor. */
    static boolean isEnded(int entry) {
        return isInvalid(entry) && !isHardware(entry) && (entry & EOI) != 0;
    }

    static int activated(int entry) {
        return entry & ~PENDING | ACTIVE;
    }

    static int deactivated(int entry) {
        return entry & ~ACTIVE;
    }
}
