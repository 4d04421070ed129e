package org.shyperlab.emulator.device.gic;

import java.util.Arrays;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The virtual CPU interface (GICV) of one core with the list registers that feed it and the hypervisor's control over it (GICH),
 * IHI 0048B chapter 5.
 */
final class VirtualCpuInterface extends CpuInterface {
    /** How many list registers there are. */
    static final int LIST_REGISTERS = 4;

    static final int HCR_EN = 1;
    private static final int HCR_UIE = 1 << 1;
    private static final int HCR_LRENPIE = 1 << 2;
    private static final int HCR_NPIE = 1 << 3;
    private static final int EOI_COUNT_SHIFT = 27;

    private static final int MISR_EOI = 1;
    private static final int MISR_U = 1 << 1;
    private static final int MISR_LRENP = 1 << 2;
    private static final int MISR_NP = 1 << 3;

    private static final int VMCR_CONTROL = ENABLE_GROUP0 | ENABLE_GROUP1 | ACK_CTL | FIQ_EN | CBPR | EOI_MODE;

    private final InterruptTable table;
    private final int core;
    private final InterruptInputs pins;
    private final InterruptLine maintenance;
    private final String device;
    private final GuestErrors errors;
    private final int[] list = new int[LIST_REGISTERS];
    private int hypervisorControl;
    private int levels;
    private int candidateRegister;

    /** Raises {@code maintenance} as GICH_MISR says; hardware interrupts are deactivated in {@code table}. */
    VirtualCpuInterface(
            InterruptTable table,
            int core,
            InterruptInputs pins,
            InterruptLine maintenance,
            String device,
            GuestErrors errors) {
        this.table = table;
        this.core = core;
        this.pins = pins;
        this.maintenance = maintenance;
        this.device = device;
        this.errors = errors;
    }

    @Override
    void reset() {
        Arrays.fill(list, 0);
        hypervisorControl = 0;
        levels = 0;
        super.reset();
        maintenance.set(false);
    }

    @Override
    boolean enabled() {
        return (hypervisorControl & HCR_EN) != 0;
    }

    /** GICH_HCR. */
    int hypervisorControl() {
        return hypervisorControl;
    }

    void hypervisorControl(int value) {
        hypervisorControl = value;
        refresh();
    }

    /** GICH_VMCR: the guest's settings in one word (5.3.3). */
    int machineControl() {
        return control() & VMCR_CONTROL | aliasedBinaryPoint() << 18 | binaryPoint() << 21 | priorityMask() >>> 3 << 27;
    }

    void machineControl(int value) {
        settings(value & VMCR_CONTROL, value >>> 27 << 3, value >>> 21, value >>> 18);
        updateMaintenance();
    }

    /** GICH_LRn. */
    int listRegister(int n) {
        return list[n];
    }

    void listRegister(int n, int value) {
        list[n] = value;
        refresh();
    }

    /** GICH_EISR0: registers whose interrupt has ended and whose end the hypervisor asked to be told of (5.3.5). */
    int ended() {
        int bits = 0;
        for (int n = 0; n < LIST_REGISTERS; n++) {
            bits |= ListRegister.isEnded(list[n]) ? 1 << n : 0;
        }
        return bits;
    }

    /** GICH_ELRSR0: registers that may be filled without losing anything (5.3.6). */
    int empty() {
        int bits = 0;
        for (int n = 0; n < LIST_REGISTERS; n++) {
            bits |= ListRegister.isInvalid(list[n]) && !ListRegister.isEnded(list[n]) ? 1 << n : 0;
        }
        return bits;
    }

    /** GICH_MISR: why the maintenance interrupt is wanted (5.3.4). */
    int maintenanceReasons() {
        int valid = 0;
        int pending = 0;
        for (int entry : list) {
            valid += ListRegister.isInvalid(entry) ? 0 : 1;
            pending += ListRegister.isPendingOnly(entry) ? 1 : 0;
        }
        int reasons = ended() != 0 ? MISR_EOI : 0;
        reasons |= valid <= 1 && (hypervisorControl & HCR_UIE) != 0 ? MISR_U : 0;
        reasons |=
                hypervisorControl >>> EOI_COUNT_SHIFT != 0 && (hypervisorControl & HCR_LRENPIE) != 0 ? MISR_LRENP : 0;
        reasons |= pending == 0 && (hypervisorControl & HCR_NPIE) != 0 ? MISR_NP : 0;
        // HCR and MISR have the same four bits in the same places: Grp0 enabled, disabled, Grp1 enabled, disabled.
        int groupStates = ((control() & ENABLE_GROUP0) != 0 ? 1 << 4 : 1 << 5)
                | ((control() & ENABLE_GROUP1) != 0 ? 1 << 6 : 1 << 7);
        return reasons | hypervisorControl & groupStates;
    }

    /** After any change of a list register or GICH_HCR. */
    private void refresh() {
        int best = InterruptTable.NONE;
        int bestPriority = IDLE;
        for (int n = 0; n < LIST_REGISTERS; n++) {
            int entry = list[n];
            if (ListRegister.isPendingOnly(entry)
                    && ListRegister.id(entry) < InterruptTable.SPECIAL
                    && ListRegister.priority(entry) < bestPriority) {
                best = ListRegister.id(entry);
                bestPriority = ListRegister.priority(entry);
                candidateRegister = n;
            }
        }
        offer(best, bestPriority, best != InterruptTable.NONE && ListRegister.isGroup1(list[candidateRegister]));
        updateMaintenance();
    }

    private void updateMaintenance() {
        maintenance.set(enabled() && maintenanceReasons() != 0);
    }

    @Override
    void control(int value) {
        super.control(value);
        updateMaintenance();
    }

    @Override
    int activePriorities() {
        return levels;
    }

    @Override
    void activate(int id, int level, boolean group1) {
        levels |= 1 << level;
        list[candidateRegister] = ListRegister.activated(list[candidateRegister]);
        refresh();
    }

    @Override
    int source(int id) {
        return ListRegister.source(list[candidateRegister]);
    }

    @Override
    void end(int id, int source, boolean aliased) {
        boolean dropped = levels != 0;
        levels &= levels - 1;
        if (!eoiSplit()) {
            retire(id, source, dropped);
        }
        refresh();
    }

    @Override
    void deactivate(int id, int source) {
        if (!eoiSplit()) {
            errors.report(core, device, "write to GICV_DIR while EOImode is 0 (GICv2 5.5)");
            return;
        }
        retire(id, source, true);
        refresh();
    }

    /** An interrupt that no list register holds any more is counted for the hypervisor to look after (5.3.1, EOICount). */
    private void retire(int id, int source, boolean countMissing) {
        for (int n = 0; n < LIST_REGISTERS; n++) {
            int entry = list[n];
            if (ListRegister.isActive(entry) && ListRegister.id(entry) == id && ListRegister.source(entry) == source) {
                list[n] = ListRegister.deactivated(entry);
                deactivatePhysical(entry);
                return;
            }
        }
        if (countMissing) {
            hypervisorControl += 1 << EOI_COUNT_SHIFT;
        }
    }

    /** The end of a hardware interrupt is the end of the physical interrupt behind it; SGIs cannot be behind one (5.2.2). */
    private void deactivatePhysical(int entry) {
        if (!ListRegister.isHardware(entry)) {
            return;
        }
        int id = ListRegister.physicalId(entry);
        if (id >= InterruptTable.SGIS && table.exists(id)) {
            table.deactivate(core, id);
        } else {
            errors.report(
                    core,
                    device,
                    "a list register names physical interrupt %d, which cannot be a hardware interrupt",
                    id);
        }
    }

    @Override
    void driveIrq(boolean asserted) {
        pins.virtualIrq(asserted);
    }

    @Override
    void driveFiq(boolean asserted) {
        pins.virtualFiq(asserted);
    }

    /** GICH_APR and GICV_APR0: one set of levels for both groups. */
    @Override
    int activePriorities0() {
        return levels;
    }

    @Override
    void activePriorities0(int value) {
        levels = value;
        update();
    }
}
