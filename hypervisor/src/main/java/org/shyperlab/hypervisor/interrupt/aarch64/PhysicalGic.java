package org.shyperlab.hypervisor.interrupt.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Core;

/**
 * The physical GICv2 as one core drives it, through its registers on the bus: own CPU interface (GICC), own virtual interface control
 * (GICH), banked and shared distributor registers (GICD). Sections are those of the GICv2 architecture specification, IHI 0048B.
 */
public final class PhysicalGic {
    /** Wakes a core whose guest takes its interrupts itself: the last SGI, which Linux does not use. */
    static final int KICK = 15;

    /** SGI that the hypervisor's cores send each other. */
    public static final int IPI = 1;

    /** Maintenance interrupt of the virtual CPU interface. */
    public static final int MAINTENANCE = 25;

    /** Hypervisor's physical timer, CNTHP. */
    public static final int HYPERVISOR_TIMER = 26;

    /** Virtual timer, CNTV: the guest's. */
    public static final int VIRTUAL_TIMER = 27;

    /** Physical timer, CNTP: emulated for guests. */
    public static final int PHYSICAL_TIMER = 30;

    /** First shared peripheral interrupt. */
    public static final int FIRST_SPI = 32;

    /** Interrupt ids from here on mean "none" in an acknowledge register. */
    public static final int FIRST_SPECIAL = 1020;

    private static final int GICD_CTLR = 0x000;
    private static final int GICD_ISENABLER = 0x100;
    private static final int GICD_ICENABLER = 0x180;
    private static final int GICD_ISPENDR = 0x200;
    private static final int GICD_ICPENDR = 0x280;
    private static final int GICD_ISACTIVER = 0x300;
    private static final int GICD_ICACTIVER = 0x380;
    private static final int GICD_IPRIORITYR = 0x400;
    private static final int GICD_ITARGETSR = 0x800;
    private static final int GICD_ICFGR = 0xc00;
    private static final int GICD_SGIR = 0xf00;
    private static final int GICD_CPENDSGIR = 0xf10;
    private static final int GICC_CTLR = 0x000;
    private static final int GICC_PMR = 0x004;
    private static final int GICC_IAR = 0x00c;
    private static final int GICC_EOIR = 0x010;
    private static final int GICC_DIR = 0x1000;
    private static final int GICH_HCR = 0x000;
    private static final int GICH_VTR = 0x004;
    private static final int GICH_VMCR = 0x008;
    private static final int GICH_ELRSR0 = 0x030;
    private static final int GICH_APR = 0x0f0;
    private static final int GICH_LR0 = 0x100;

    /** GICC_CTLR with EOImode: EOIR only drops the priority, DIR deactivates (4.4.1). */
    private static final int ENABLE_SPLIT = 1 | 1 << 9;

    private static final int ENABLE = 1;
    private static final int HYPERVISOR_PRIORITY = 0x80;
    private static final int SELF = 0b10 << 24;

    private final A64Core core;
    private final long distributor;
    private final long cpuInterface;
    private final long control;
    private int ownMask;

    /** The GIC at these bases, seen from {@code core}. Touches no register yet. */
    public PhysicalGic(A64Core core, long distributor, long cpuInterface, long control) {
        this.core = core;
        this.distributor = distributor;
        this.cpuInterface = cpuInterface;
        this.control = control;
        ownMask = 1 << core.index();
    }

    private int readD(int offset) {
        return (int) core.readPhysical(distributor + offset, 4);
    }

    private void writeD(int offset, int value) {
        core.writePhysical(distributor + offset, 4, value & 0xffff_ffffL);
    }

    private int readH(int offset) {
        return (int) core.readPhysical(control + offset, 4);
    }

    private void writeH(int offset, int value) {
        core.writePhysical(control + offset, 4, value & 0xffff_ffffL);
    }

    private void writeC(int offset, int value) {
        core.writePhysical(cpuInterface + offset, 4, value & 0xffff_ffffL);
    }

    /** Switches the distributor on, with every shared interrupt disabled. Once per board. */
    public void initialiseDistributor() {
        int words = (readD(0x004) & 0x1f) + 1;
        for (int word = 1; word < words; word++) {
            writeD(GICD_ICENABLER + word * 4, -1);
            writeD(GICD_ICPENDR + word * 4, -1);
            writeD(GICD_ICACTIVER + word * 4, -1);
        }
        writeD(GICD_CTLR, ENABLE);
    }

    /** Opens this core's interface for the hypervisor's own private interrupts and the guest's timer. Once per core. */
    public void initialiseCore() {
        int mask = readD(GICD_ITARGETSR) & 0xff;
        if (mask != 0) {
            ownMask = mask;
        }
        for (int id : new int[] {IPI, MAINTENANCE, HYPERVISOR_TIMER, VIRTUAL_TIMER}) {
            core.writePhysical(distributor + GICD_IPRIORITYR + id, 1, HYPERVISOR_PRIORITY);
        }
        writeD(GICD_ISENABLER, 1 << IPI | 1 << MAINTENANCE | 1 << HYPERVISOR_TIMER | 1 << VIRTUAL_TIMER);
        writeC(GICC_PMR, 0xff);
        writeC(GICC_CTLR, ENABLE_SPLIT);
    }

    /** Lets only {@code mask}'s private interrupts through to this core, or takes them away. */
    public void enablePrivate(int mask, boolean enabled) {
        writeD(enabled ? GICD_ISENABLER : GICD_ICENABLER, mask);
    }

    /** Reads a register of this core's interface on behalf of a guest that owns its interrupts. */
    int readInterface(int offset) {
        return (int) core.readPhysical(cpuInterface + offset, 4);
    }

    /** Writes a register of this core's interface on behalf of a guest that owns its interrupts. */
    void writeInterface(int offset, int value) {
        writeC(offset, value);
    }

    /** GICC_IAR: the interrupt becomes active. */
    public int acknowledge() {
        return (int) core.readPhysical(cpuInterface + GICC_IAR, 4);
    }

    /** GICC_EOIR: others of the same priority may come; the interrupt stays active. */
    public void dropPriority(int acknowledged) {
        writeC(GICC_EOIR, acknowledged);
    }

    /** GICC_DIR. */
    public void deactivate(int acknowledged) {
        writeC(GICC_DIR, acknowledged);
    }

    /** This core's bit in target masks. */
    public int ownMask() {
        return ownMask;
    }

    /** Sends the hypervisor's IPI to this core itself: also how others ask, each interface being reached by its own core only. */
    public void sendIpiToSelf() {
        writeD(GICD_SGIR, SELF | IPI);
    }

    /** Sends the hypervisor's IPI to the cores in {@code mask}. */
    public void sendIpi(int mask) {
        writeD(GICD_SGIR, mask << 16 | IPI);
    }

    /** Sends the cores in {@code mask}, whose guests take their interrupts themselves, the software interrupt that only wakes. */
    public void sendKick(int mask) {
        writeD(GICD_SGIR, mask << 16 | KICK);
    }

    /** Ends the kick that brought this core back, whether the guest has seen it or not. */
    void endKick() {
        core.writePhysical(distributor + GICD_CPENDSGIR + KICK, 1, 0xff);
        if ((readD(GICD_ISACTIVER) & 1 << KICK) != 0) {
            for (int source = 0; source < 8; source++) {
                writeC(GICC_EOIR, source << 10 | KICK);
            }
            writeD(GICD_ICACTIVER, 1 << KICK);
        }
    }

    /** Enables or disables an interrupt at the distributor. */
    public void enable(int id, boolean enabled) {
        writeD((enabled ? GICD_ISENABLER : GICD_ICENABLER) + (id >>> 5) * 4, 1 << (id & 31));
    }

    /** Makes an interrupt pending or not pending. */
    public void setPending(int id, boolean pending) {
        writeD((pending ? GICD_ISPENDR : GICD_ICPENDR) + (id >>> 5) * 4, 1 << (id & 31));
    }

    /** Whether an interrupt is pending; of a level-sensitive one, whether its line is high (4.3.7). */
    public boolean isPending(int id) {
        return (readD(GICD_ISPENDR + (id >>> 5) * 4) >>> (id & 31) & 1) != 0;
    }

    /** Whether an interrupt was acknowledged and not deactivated since. */
    public boolean isActive(int id) {
        return (readD(GICD_ISACTIVER + (id >>> 5) * 4) >>> (id & 31) & 1) != 0;
    }

    /** Makes an interrupt active or inactive. */
    public void setActive(int id, boolean active) {
        writeD((active ? GICD_ISACTIVER : GICD_ICACTIVER) + (id >>> 5) * 4, 1 << (id & 31));
    }

    /** Routes a shared interrupt to the cores in {@code mask} with the hypervisor's priority. */
    public void route(int id, int mask) {
        core.writePhysical(distributor + GICD_IPRIORITYR + id, 1, HYPERVISOR_PRIORITY);
        core.writePhysical(distributor + GICD_ITARGETSR + id, 1, mask & 0xff);
    }

    /** Puts a shared interrupt into reset state: disabled, neither pending nor active, level-sensitive. */
    void resetShared(int id) {
        enable(id, false);
        setPending(id, false);
        setActive(id, false);
        configure(id, false);
    }

    /** Sets a shared interrupt's trigger. */
    public void configure(int id, boolean edge) {
        int register = GICD_ICFGR + (id >>> 4) * 4;
        int bit = 2 << (id & 15) * 2;
        int old = readD(register);
        writeD(register, edge ? old | bit : old & ~bit);
    }

    /** Reads a distributor register on behalf of a guest that owns its interrupts. */
    public int readDistributor(int offset, int size) {
        return (int) core.readPhysical(distributor + offset, size);
    }

    /** Writes a distributor register on behalf of a guest that owns its interrupts. */
    public void writeDistributor(int offset, int size, int value) {
        core.writePhysical(distributor + offset, size, value & 0xffff_ffffL);
    }

    /** Number of list registers (GICH_VTR). */
    public int listRegisters() {
        return (readH(GICH_VTR) & 0x3f) + 1;
    }

    /** GICH_ELRSR0: a bit for every list register that holds nothing. */
    public int emptyListRegisters() {
        return readH(GICH_ELRSR0);
    }

    /** GICH_LRn. */
    public int listRegister(int n) {
        return readH(GICH_LR0 + n * 4);
    }

    /** Sets GICH_LRn. */
    public void listRegister(int n, int value) {
        writeH(GICH_LR0 + n * 4, value);
    }

    /** Sets GICH_HCR. */
    public void virtualControl(int value) {
        writeH(GICH_HCR, value);
    }

    /** GICH_VMCR: the guest's own view of its CPU interface's control registers. */
    public int virtualMachineControl() {
        return readH(GICH_VMCR);
    }

    /** Sets GICH_VMCR. */
    public void virtualMachineControl(int value) {
        writeH(GICH_VMCR, value);
    }

    /** GICH_APR: the guest's active priorities. */
    public int activePriorities() {
        return readH(GICH_APR);
    }

    /** Sets GICH_APR. */
    public void activePriorities(int value) {
        writeH(GICH_APR, value);
    }
}
