package org.shyperlab.emulator.device.gic;

import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.trace.GuestErrors;

/** The CPU interface (GICC) of one core: hands the distributor's interrupts to the core. */
final class PhysicalCpuInterface extends CpuInterface {
    private final InterruptTable table;
    private final int core;
    private final InterruptInputs pins;
    private final GuestErrors errors;
    private final String device;
    private int group0Levels;
    private int group1Levels;
    private long acknowledged;

    PhysicalCpuInterface(InterruptTable table, int core, InterruptInputs pins, String device, GuestErrors errors) {
        this.table = table;
        this.core = core;
        this.pins = pins;
        this.device = device;
        this.errors = errors;
        table.connect(core, this);
    }

    /** How many interrupts this core has acknowledged since construction. */
    long acknowledged() {
        return acknowledged;
    }

    @Override
    void reset() {
        group0Levels = 0;
        group1Levels = 0;
        super.reset();
    }

    @Override
    boolean enabled() {
        return true;
    }

    @Override
    int activePriorities() {
        return group0Levels | group1Levels;
    }

    @Override
    void activate(int id, int level, boolean group1) {
        acknowledged++;
        if (group1) {
            group1Levels |= 1 << level;
        } else {
            group0Levels |= 1 << level;
        }
        table.activate(core, id);
    }

    @Override
    int source(int id) {
        return table.nextSource(core, id);
    }

    @Override
    void end(int id, int source, boolean aliased) {
        if (!table.exists(id) || !table.active.has(core, id)) {
            errors.report(core, device, "end of interrupt %d, which is not active (GICv2 4.4.5)", id);
        }
        if (aliased && table.exists(id) && !table.group1.has(core, id)) {
            errors.report(core, device, "GICC_AEOIR is for Group 1, but interrupt %d is in Group 0 (GICv2 4.4.10)", id);
            return;
        }
        dropPriority();
        if (!eoiSplit() && table.exists(id)) {
            table.deactivate(core, id);
        }
        update();
    }

    private void dropPriority() {
        int highest = Integer.lowestOneBit(activePriorities());
        group0Levels &= ~highest;
        group1Levels &= ~highest;
    }

    @Override
    void deactivate(int id, int source) {
        if (!eoiSplit()) {
            errors.report(core, device, "write to GICC_DIR while EOImode is 0 (GICv2 4.4.15)");
        } else if (!table.exists(id) || !table.active.has(core, id)) {
            errors.report(core, device, "deactivation of interrupt %d, which is not active (GICv2 4.4.15)", id);
        } else {
            table.deactivate(core, id);
        }
    }

    @Override
    void driveIrq(boolean asserted) {
        pins.irq(asserted);
    }

    @Override
    void driveFiq(boolean asserted) {
        pins.fiq(asserted);
    }

    @Override
    int activePriorities0() {
        return group0Levels;
    }

    @Override
    void activePriorities0(int levels) {
        group0Levels = levels;
        update();
    }

    /** NSAPR0: the active levels of Group 1. */
    int activePriorities1() {
        return group1Levels;
    }

    void activePriorities1(int levels) {
        group1Levels = levels;
        update();
    }
}
