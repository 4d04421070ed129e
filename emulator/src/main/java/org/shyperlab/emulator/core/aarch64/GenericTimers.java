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

    /** One comparator. */
    static final class Timer {
        private long control;
        private long compare;
        private InterruptLine line = InterruptLine.UNCONNECTED;
        private boolean high;
    }

    final Timer physical = new Timer();
    final Timer virtual = new Timer();
    final Timer hypervisor = new Timer();
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

    long control(Timer timer) {
        boolean met = (timer.control & ENABLE) != 0 && Long.compareUnsigned(count(timer), timer.compare) >= 0;
        return timer.control | (met ? STATUS : 0);
    }

    void control(Timer timer, long value) {
        timer.control = value & (ENABLE | MASK);
        update();
    }

    long compare(Timer timer) {
        return timer.compare;
    }

    void compare(Timer timer, long value) {
        timer.compare = value;
        update();
    }

    /** TVAL: a signed 32-bit view of how far away the compare value is (D12.2.4). */
    long remaining(Timer timer) {
        return timer.compare - count(timer) & 0xffff_ffffL;
    }

    void remaining(Timer timer, long value) {
        compare(timer, count(timer) + (int) value);
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
