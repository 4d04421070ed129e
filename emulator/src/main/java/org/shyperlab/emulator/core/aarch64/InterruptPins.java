package org.shyperlab.emulator.core.aarch64;

import java.util.function.LongSupplier;
import org.shyperlab.emulator.core.ArrivingPins;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.engine.A64Engine;
import org.shyperlab.emulator.engine.A64Registers;

/**
 * A core's four interrupt pins and where HCR_EL2 routes them. A physical interrupt goes to EL2 while HCR_EL2.IMO (FMO) is set and to the
 * guest otherwise; to the engine the latter looks like a virtual interrupt, which gives the same entry to EL1.
 */
final class InterruptPins implements InterruptInputs {
    private static final int IRQ_MASKED = 0x80;
    private static final int FIQ_MASKED = 0x40;
    private static final int IRQ = 0;
    private static final int FIQ = 1;

    private final A64Registers registers;
    private final ArrivingPins physical;
    private final Runnable onChange;
    private long hcr = HypervisorConfiguration.RW;
    private boolean virtualIrq;
    private boolean virtualFiq;
    private boolean irqToGuest;
    private boolean fiqToGuest;

    /**
     * Pins at rest.
     *
     * @param arrival when something that is raised now reaches this core; Long.MAX_VALUE for at once
     * @param onChange called after a pin has changed
     */
    InterruptPins(A64Engine engine, LongSupplier arrival, Runnable onChange) {
        this.registers = engine.registers();
        physical = new ArrivingPins(arrival);
        this.onChange = onChange;
        writeHcr();
    }

    /** HCR_EL2 as software wrote it. */
    long hcr() {
        return hcr;
    }

    /** Software writes HCR_EL2. */
    void hcr(long value) {
        hcr = value;
        irqToGuest = isIrqForGuest();
        fiqToGuest = isFiqForGuest();
        writeHcr();
    }

    boolean has(long bit) {
        return (hcr & bit) != 0;
    }

    @Override
    public void irq(boolean asserted) {
        set(IRQ, asserted);
    }

    @Override
    public void fiq(boolean asserted) {
        set(FIQ, asserted);
    }

    private void set(int pin, boolean asserted) {
        if (physical.set(pin, asserted)) {
            changed();
        }
    }

    /** The cycle at which {@link #admit} must be called; Long.MAX_VALUE for never. */
    long nextArrival() {
        return physical.next();
    }

    /** Lets interrupts in whose time has come by {@code now}. */
    void admit(long now) {
        if (physical.admit(now)) {
            changed();
        }
    }

    @Override
    public void virtualIrq(boolean asserted) {
        virtualIrq = asserted;
        changed();
    }

    @Override
    public void virtualFiq(boolean asserted) {
        virtualFiq = asserted;
        changed();
    }

    /** A physical interrupt is asserted. */
    boolean isAsserted() {
        return physical.levels() != 0;
    }

    /** A physical interrupt is asserted and routed to EL2. */
    boolean isForEl2() {
        return physical.isHigh(IRQ) && has(HypervisorConfiguration.IMO)
                || physical.isHigh(FIQ) && has(HypervisorConfiguration.FMO);
    }

    /** Something is pending that ends a WFI. */
    boolean isPending() {
        return isAsserted() || irqToGuest || fiqToGuest;
    }

    /** The guest has an interrupt pending that PSTATE does not mask. */
    boolean canBeTaken() {
        int masks = registers.daif();
        return irqToGuest && (masks & IRQ_MASKED) == 0 || fiqToGuest && (masks & FIQ_MASKED) == 0;
    }

    private boolean isIrqForGuest() {
        return has(HypervisorConfiguration.IMO) ? virtualIrq || has(HypervisorConfiguration.VI) : physical.isHigh(IRQ);
    }

    private boolean isFiqForGuest() {
        return has(HypervisorConfiguration.FMO) ? virtualFiq || has(HypervisorConfiguration.VF) : physical.isHigh(FIQ);
    }

    private void changed() {
        boolean irqNow = isIrqForGuest();
        boolean fiqNow = isFiqForGuest();
        if (irqNow != irqToGuest || fiqNow != fiqToGuest) {
            irqToGuest = irqNow;
            fiqToGuest = fiqNow;
            writeHcr();
        }
        onChange.run();
    }

    private void writeHcr() {
        long lines = (irqToGuest ? HypervisorConfiguration.VI : 0) | (fiqToGuest ? HypervisorConfiguration.VF : 0);
        registers.set(
                SysReg.HCR_EL2,
                hcr & ~(HypervisorConfiguration.VI | HypervisorConfiguration.VF)
                        | HypervisorConfiguration.FORCED
                        | lines);
    }
}
