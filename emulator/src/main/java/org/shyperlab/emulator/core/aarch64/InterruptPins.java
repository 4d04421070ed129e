package org.shyperlab.emulator.core.aarch64;

import java.util.function.LongSupplier;
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

    private final A64Engine engine;
    private final A64Registers registers;
    private final LongSupplier raised;
    private final Runnable onChange;
    private long hcr = HypervisorConfiguration.RW;
    private boolean irq;
    private boolean fiq;
    /** An interrupt from a core that is ahead in time: seen here when this core's clock gets there. */
    private long irqArrives = Long.MAX_VALUE;

    private long fiqArrives = Long.MAX_VALUE;
    private boolean virtualIrq;
    private boolean virtualFiq;
    private boolean irqToGuest;
    private boolean fiqToGuest;

    /**
     * Pins at rest.
     *
     * @param raised tells that an interrupt is being raised here, and gives the time of the core that did it; 0 when none did
     * @param onChange called after a pin has changed
     */
    InterruptPins(A64Engine engine, LongSupplier raised, Runnable onChange) {
        this.engine = engine;
        this.registers = engine.registers();
        this.raised = raised;
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
        if (asserted && irqArrives != Long.MAX_VALUE) {
            return; // on its way already
        }
        irqArrives = asserted && !irq ? arrival() : Long.MAX_VALUE;
        if (irqArrives == Long.MAX_VALUE) {
            irq = asserted;
            changed();
        }
    }

    @Override
    public void fiq(boolean asserted) {
        if (asserted && fiqArrives != Long.MAX_VALUE) {
            return; // on its way already
        }
        fiqArrives = asserted && !fiq ? arrival() : Long.MAX_VALUE;
        if (fiqArrives == Long.MAX_VALUE) {
            fiq = asserted;
            changed();
        }
    }

    /** When an interrupt that is raised now reaches this core; Long.MAX_VALUE for at once. */
    private long arrival() {
        long time = raised.getAsLong();
        return time > engine.now() ? time : Long.MAX_VALUE;
    }

    /** The cycle at which {@link #admit} must be called; Long.MAX_VALUE for never. */
    long nextArrival() {
        return Math.min(irqArrives, fiqArrives);
    }

    /** Lets interrupts in whose time has come. */
    void admit() {
        long now = engine.now();
        if (irqArrives <= now) {
            irqArrives = Long.MAX_VALUE;
            irq = true;
            changed();
        }
        if (fiqArrives <= now) {
            fiqArrives = Long.MAX_VALUE;
            fiq = true;
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
        return irq || fiq;
    }

    /** A physical interrupt is asserted and routed to EL2. */
    boolean isForEl2() {
        return irq && has(HypervisorConfiguration.IMO) || fiq && has(HypervisorConfiguration.FMO);
    }

    /** Something is pending that ends a WFI. */
    boolean isPending() {
        return irq || fiq || irqToGuest || fiqToGuest;
    }

    /** The guest has an interrupt pending that PSTATE does not mask. */
    boolean canBeTaken() {
        int masks = registers.daif();
        return irqToGuest && (masks & IRQ_MASKED) == 0 || fiqToGuest && (masks & FIQ_MASKED) == 0;
    }

    private boolean isIrqForGuest() {
        return has(HypervisorConfiguration.IMO) ? virtualIrq || has(HypervisorConfiguration.VI) : irq;
    }

    private boolean isFiqForGuest() {
        return has(HypervisorConfiguration.FMO) ? virtualFiq || has(HypervisorConfiguration.VF) : fiq;
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
