package org.shyperlab.emulator.core.aarch64;

import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.engine.A64Engine;
import org.shyperlab.emulator.time.CounterScale;

/**
 * The generic timers of one core (Arm ARM D12): the EL1 physical, the EL1 virtual and the EL2 physical timer, with their interrupt
 * lines. They compare with the system counter as this core sees it.
 */
final class GenericTimers {
    private static final long ENABLE = 1;
    private static final long MASK = 2;
    private static final long STATUS = 4;

    private static final byte CONTROL = 1;
    private static final byte COMPARE = 2;

    /** The registers that EL1 reaches itself. */
    private static final SysReg[] REGISTERS = {
        SysReg.CNTP_TVAL_EL0,
        SysReg.CNTP_CTL_EL0,
        SysReg.CNTP_CVAL_EL0,
        SysReg.CNTV_TVAL_EL0,
        SysReg.CNTV_CTL_EL0,
        SysReg.CNTV_CVAL_EL0
    };

    /** Which of a timer's three registers a {@link SysReg} ordinal is. */
    private static final byte[] VIEW = new byte[SysReg.values().length];

    static {
        for (SysReg register : new SysReg[] {SysReg.CNTP_CTL_EL0, SysReg.CNTV_CTL_EL0, SysReg.CNTHP_CTL_EL2}) {
            VIEW[register.ordinal()] = CONTROL;
        }
        for (SysReg register : new SysReg[] {SysReg.CNTP_CVAL_EL0, SysReg.CNTV_CVAL_EL0, SysReg.CNTHP_CVAL_EL2}) {
            VIEW[register.ordinal()] = COMPARE;
        }
    }

    /** One comparator. */
    private static final class Timer {
        private long control;
        private long compare;
        private InterruptLine line = InterruptLine.UNCONNECTED;
        private boolean high;
    }

    private final Timer physical = new Timer();
    private final Timer virtual = new Timer();
    private final Timer hypervisor = new Timer();
    private final A64Engine engine;
    private final CounterScale scale;
    private long virtualOffset;
    private long deadline = Long.MAX_VALUE;

    GenericTimers(A64Engine engine, CounterScale scale) {
        this.engine = engine;
        this.scale = scale;
    }

    void wire(InterruptLine physicalLine, InterruptLine virtualLine, InterruptLine hypervisorLine) {
        physical.line = physicalLine;
        virtual.line = virtualLine;
        hypervisor.line = hypervisorLine;
    }

    void reset() {
        for (Timer timer : new Timer[] {physical, virtual, hypervisor}) {
            timer.control = 0;
            timer.compare = 0;
        }
        virtualOffset(0);
    }

    long virtualOffset() {
        return virtualOffset;
    }

    void virtualOffset(long ticks) {
        virtualOffset = ticks;
        engine.virtualCounterOffset(ticks);
        update();
    }

    /** The counter that a timer compares with. */
    private long count(Timer timer) {
        long count = engine.physicalCount();
        return timer == virtual ? count - virtualOffset : count;
    }

    private long control(Timer timer) {
        boolean met = (timer.control & ENABLE) != 0 && Long.compareUnsigned(count(timer), timer.compare) >= 0;
        return timer.control | (met ? STATUS : 0);
    }

    /** TVAL: a signed 32-bit view of how far away the compare value is (D12.2.4). */
    private long remaining(Timer timer) {
        return timer.compare - count(timer) & 0xffff_ffffL;
    }

    /** Sends the EL1 timers' registers here; the numbers are {@link SysReg} ordinals. */
    void intercept() {
        for (SysReg register : REGISTERS) {
            engine.intercept(register.encoding(), register.ordinal());
        }
    }

    /** Reads the timer register with that {@link SysReg} ordinal. */
    long read(int register) {
        Timer timer = timerOf(register);
        return switch (VIEW[register]) {
            case CONTROL -> control(timer);
            case COMPARE -> timer.compare;
            default -> remaining(timer);
        };
    }

    /** Writes the timer register with that {@link SysReg} ordinal. */
    void write(int register, long value) {
        Timer timer = timerOf(register);
        switch (VIEW[register]) {
            case CONTROL -> timer.control = value & (ENABLE | MASK);
            case COMPARE -> timer.compare = value;
            default -> timer.compare = count(timer) + (int) value;
        }
        update();
    }

    private Timer timerOf(int register) {
        if (register <= SysReg.CNTP_CVAL_EL0.ordinal()) {
            return physical;
        }
        return register <= SysReg.CNTV_CVAL_EL0.ordinal() ? virtual : hypervisor;
    }

    /** Drives the interrupt lines for the present time and finds the next moment at which one will rise. */
    void update() {
        long next = evaluate(physical);
        next = Math.min(next, evaluate(virtual));
        deadline = Math.min(next, evaluate(hypervisor));
    }

    private long evaluate(Timer timer) {
        boolean armed = (timer.control & (ENABLE | MASK)) == ENABLE;
        boolean met = armed && Long.compareUnsigned(count(timer), timer.compare) >= 0;
        if (met != timer.high) {
            timer.high = met;
            timer.line.set(met);
        }
        if (!armed || met) {
            return Long.MAX_VALUE;
        }
        long ticks = timer == virtual ? timer.compare + virtualOffset : timer.compare;
        return ticks < 0 ? Long.MAX_VALUE : scale.cycleOf(ticks);
    }

    /** The cycle at which {@link #update} must be called next; Long.MAX_VALUE for never. */
    long deadline() {
        return deadline;
    }
}
