package org.shyperlab.emulator.device.gic;

/**
 * What the physical and the virtual CPU interface of a core have in common: masking, priority grouping, preemption, and the rules by
 * which interrupts are acknowledged and ended (IHI 0048B 3.2, 3.3, 4.4, 5.5).
 */
abstract class CpuInterface {
    /** A priority below all others: nothing is pending, or nothing is active. */
    static final int IDLE = 0x100;

    static final int ENABLE_GROUP0 = 1;
    static final int ENABLE_GROUP1 = 1 << 1;
    static final int ACK_CTL = 1 << 2;
    static final int FIQ_EN = 1 << 3;
    static final int CBPR = 1 << 4;
    static final int EOI_MODE = 1 << 9;

    /** Answered instead of a Group 1 interrupt that the register read may not acknowledge (3.2.5). */
    private static final int GROUP1_PENDING = 1022;
    /** With five bits of priority the group priority has at most five bits, so smaller binary points make no difference (4.4.3). */
    private static final int LEAST_BINARY_POINT = 2;

    private static final int LEAST_ALIASED_BINARY_POINT = LEAST_BINARY_POINT + 1;

    private int control;
    private int priorityMask;
    private int binaryPoint;
    private int aliasedBinaryPoint;
    private int candidate;
    private int candidatePriority;
    private boolean candidateGroup1;
    private boolean irq;
    private boolean fiq;

    CpuInterface() {
        clear();
    }

    private void clear() {
        control = 0;
        priorityMask = 0;
        binaryPoint = LEAST_BINARY_POINT;
        aliasedBinaryPoint = LEAST_ALIASED_BINARY_POINT;
        candidate = InterruptTable.NONE;
        candidatePriority = IDLE;
        candidateGroup1 = false;
    }

    /** Forgets everything, then drives the outputs low. */
    void reset() {
        clear();
        update();
    }

    /** Whether the core is told of interrupts at all. */
    abstract boolean enabled();

    /** One bit for each active priority level, of both groups. */
    abstract int activePriorities();

    /** The candidate of this priority group is acknowledged: records the active priority and makes the interrupt active. */
    abstract void activate(int id, int level, boolean group1);

    /** The core that sent the candidate, if that is an SGI; else 0. */
    abstract int source(int id);

    /** Software is through with an interrupt: priority drop, and unless EOImode is set deactivation. */
    abstract void end(int id, int source, boolean aliased);

    /** Software deactivates an interrupt whose priority it has dropped. */
    abstract void deactivate(int id, int source);

    abstract void driveIrq(boolean asserted);

    abstract void driveFiq(boolean asserted);

    /** The highest-priority pending interrupt is now this one, or {@link InterruptTable#NONE} with priority {@link #IDLE}. */
    final void offer(int id, int priority, boolean group1) {
        candidate = id;
        candidatePriority = priority;
        candidateGroup1 = group1;
        update();
    }

    /** Drives the outputs from the state. */
    final void update() {
        boolean signalled = isSignalled();
        boolean asFiq = signalled && !candidateGroup1 && (control & FIQ_EN) != 0;
        boolean asIrq = signalled && !asFiq;
        if (asIrq != irq) {
            irq = asIrq;
            driveIrq(asIrq);
        }
        if (asFiq != fiq) {
            fiq = asFiq;
            driveFiq(asFiq);
        }
    }

    private boolean isSignalled() {
        return isVisible()
                && candidatePriority < priorityMask
                && groupPriority(candidatePriority, candidateGroup1) < runningPriority();
    }

    private boolean isVisible() {
        return candidate != InterruptTable.NONE
                && enabled()
                && (control & (candidateGroup1 ? ENABLE_GROUP1 : ENABLE_GROUP0)) != 0;
    }

    /** The part of a priority that counts for preemption (3.3.3; Group 1 uses ABPR, one bit further, unless CBPR). */
    private int groupPriority(int priority, boolean group1) {
        int ignored = group1 && (control & CBPR) == 0 ? aliasedBinaryPoint : binaryPoint + 1;
        return priority & 0xff << ignored;
    }

    /** The highest active group priority, or {@link #IDLE}. */
    final int runningPriority() {
        int levels = activePriorities();
        return levels == 0 ? IDLE : Integer.numberOfTrailingZeros(levels) << 3;
    }

    /** RPR: the idle priority reads as 0xff. */
    final int readRunningPriority() {
        return Math.min(runningPriority(), 0xff);
    }

    /** IAR, or AIAR if {@code aliased}. */
    final int acknowledge(boolean aliased) {
        if (!isSignalled()) {
            return InterruptTable.NONE;
        }
        int answer = visibleAs(aliased);
        if ((answer & 0x3ff) < InterruptTable.SPECIAL) {
            activate(candidate, groupPriority(candidatePriority, candidateGroup1) >>> 3, candidateGroup1);
        }
        return answer;
    }

    /** HPPIR, or AHPPIR if {@code aliased}: neither the mask nor the running priority matters. */
    final int highestPending(boolean aliased) {
        return isVisible() ? visibleAs(aliased) : InterruptTable.NONE;
    }

    private int visibleAs(boolean aliased) {
        if (aliased && !candidateGroup1) {
            return InterruptTable.NONE;
        }
        if (!aliased && candidateGroup1 && (control & ACK_CTL) == 0) {
            return GROUP1_PENDING;
        }
        return candidate | source(candidate) << 10;
    }

    /** EOIR, or AEOIR if {@code aliased}. Ending a special identifier does nothing. */
    final void endOfInterrupt(int value, boolean aliased) {
        int id = value & 0x3ff;
        if (id < InterruptTable.SPECIAL) {
            end(id, value >>> 10 & 7, aliased);
        }
    }

    /** DIR. */
    final void deactivateInterrupt(int value) {
        int id = value & 0x3ff;
        if (id < InterruptTable.SPECIAL) {
            deactivate(id, value >>> 10 & 7);
        }
    }

    final boolean eoiSplit() {
        return (control & EOI_MODE) != 0;
    }

    final int control() {
        return control;
    }

    void control(int value) {
        control = value;
        update();
    }

    final int priorityMask() {
        return priorityMask;
    }

    final void priorityMask(int value) {
        priorityMask = value & InterruptTable.PRIORITY_BITS;
        update();
    }

    final int binaryPoint() {
        return binaryPoint;
    }

    final void binaryPoint(int value) {
        binaryPoint = Math.max(value & 7, LEAST_BINARY_POINT);
        update();
    }

    final int aliasedBinaryPoint() {
        return aliasedBinaryPoint;
    }

    final void aliasedBinaryPoint(int value) {
        aliasedBinaryPoint = Math.max(value & 7, LEAST_ALIASED_BINARY_POINT);
        update();
    }

    /** CTLR, PMR, BPR and ABPR at once, so that the outputs see no state in between. */
    final void settings(int newControl, int mask, int point, int aliasedPoint) {
        control = newControl;
        priorityMask = mask & InterruptTable.PRIORITY_BITS;
        binaryPoint = Math.max(point & 7, LEAST_BINARY_POINT);
        aliasedBinaryPoint = Math.max(aliasedPoint & 7, LEAST_ALIASED_BINARY_POINT);
        update();
    }

    /** APR0: the active priority levels that the interface keeps for both groups, or for Group 0 alone. */
    abstract int activePriorities0();

    abstract void activePriorities0(int levels);
}
