package org.shyperlab.hypervisor.scheduler;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.HypervisorOptions.WaitTrapping;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;

/**
 * One physical core at the hypervisor's level: which vCPU runs, and the world switch. A vCPU that blocks stays <em>resident</em>: its
 * registers are left in the core until another vCPU needs it, so that a vCPU alone on its core is never saved, and its timer goes on
 * in hardware.
 *
 * <p>What the architecture's registers look like is told by the subclasses, and by the vCPUs, which know how to go into a core and
 * out of it.
 */
public abstract class PhysicalCore {
    /** Length of a time slice: 10 ms, as Rust-Shyper's. */
    public static final int SLICES_PER_SECOND = 100;

    /** A deadline that does not come. */
    public static final long NEVER = Long.MAX_VALUE;

    private final int index;
    private final RunQueue queue = new RunQueue();
    private final boolean alwaysTrapWait;
    private final long ticksPerSlice;
    private Vcpu[] requested = new Vcpu[1];
    private int requestHead;
    private int requestTail;
    private @Nullable Vcpu resident;
    private @Nullable Vcpu running;
    private @Nullable Vcpu last;
    private long sliceEnd;
    private long armed = NEVER;
    private boolean timersChanged;
    private boolean on;

    /**
     * A core without vCPUs. Touches no register yet.
     *
     * @param index position in the machine
     * @param timeHertz frequency of {@link #now}
     */
    protected PhysicalCore(int index, long timeHertz, HypervisorOptions options) {
        this.index = index;
        ticksPerSlice = timeHertz / SLICES_PER_SECOND;
        alwaysTrapWait = options.waitTrapping() == WaitTrapping.ALWAYS;
    }

    // ---- what the architecture adds ----

    /** The registers. */
    public abstract Core core();

    /** Sets up the hypervisor's registers after power-on. */
    protected abstract void initialiseRegisters();

    /** The counter that guests' timers compare with, without any VM's offset. */
    public abstract long now();

    /** Sets the hypervisor's own timer, or switches it off for {@link #NEVER}. */
    protected abstract void arm(long deadline);

    /** Has interrupts of vCPUs that wait, and that reach guests directly as long as these run, reported to the hypervisor. */
    protected void watchWaiting() {}

    /** Interrupts another core, or this one: it shall look at its requests. */
    protected abstract void sendIpi(PhysicalCore target);

    /** Interrupts another core whose guest takes its interrupts itself, only so that the guest does not sleep. */
    protected void kick(PhysicalCore target) {
        sendIpi(target);
    }

    /** Asks the firmware to power on another core of the board. */
    protected abstract void powerOn(PhysicalCore target);

    /** Asks the firmware to switch the board off. */
    public abstract void boardOff();

    /** Asks the firmware to reset the board. */
    public abstract void boardReset();

    /** Drops what every core remembers of translation tables that were changed. */
    public abstract void invalidateTranslations();

    // ---- what all have ----

    /** Position in the machine, from 0. */
    public final int index() {
        return index;
    }

    /** The vCPUs of this core. */
    public final RunQueue queue() {
        return queue;
    }

    /** The vCPU that runs, or null. */
    public final @Nullable Vcpu running() {
        return running;
    }

    /** The vCPU whose registers are in the core, or null. */
    public final @Nullable Vcpu resident() {
        return resident;
    }

    /** Whether a guest's wait for an interrupt traps: only where another vCPU could use the core meanwhile, or always if asked for. */
    public final boolean trapsWait() {
        return alwaysTrapWait || queue.size() > 1;
    }

    /** The core is on and executes its first code: sets up the hypervisor's registers. */
    public final void initialise() {
        on = true;
        initialiseRegisters();
    }

    /** Whether it was powered on. */
    final boolean isOn() {
        return on;
    }

    /** Notes that it is being powered on. */
    final void markOn() {
        on = true;
    }

    /** Gives the core a vCPU more. */
    public final void assign(Vcpu vcpu) {
        queue.add(vcpu);
        resizeRequests(null);
        queueChanged();
    }

    /** Room for a request of each vCPU of the queue; those of {@code gone} are dropped. */
    private void resizeRequests(@Nullable Vcpu gone) {
        Vcpu[] room = new Vcpu[queue.size() + 1];
        int count = 0;
        for (Vcpu waiting = nextRequest(); waiting != null; waiting = nextRequest()) {
            if (waiting != gone) {
                room[count++] = waiting;
            }
        }
        requested = room;
        requestHead = 0;
        requestTail = count;
    }

    /** Takes a vCPU away that is switched off. */
    public final void release(Vcpu vcpu) {
        if (vcpu.state() != VcpuState.OFF || vcpu == resident) {
            throw new IllegalStateException(vcpu + " is still on core " + index);
        }
        queue.remove(vcpu);
        resizeRequests(vcpu);
        if (vcpu == last) {
            last = null;
        }
        queueChanged();
    }

    private void queueChanged() {
        timersChanged = true;
        if (resident != null) {
            resident.setControls();
        }
    }

    /** Whether something happened that {@link #schedule} must look at before the guest goes on. */
    public final boolean needsSchedule() {
        return running == null || timersChanged;
    }

    /** The time slice and software timers must be looked at again. */
    public final void timersChanged() {
        timersChanged = true;
    }

    /** Picks a vCPU if none runs, sets the hypervisor's timer, and sleeps when there is nothing to do. */
    public final void schedule() {
        timersChanged = false;
        if (running == null) {
            Vcpu next = queue.next(last);
            if (next == null) {
                core().label(-1, -1);
                setWakeUps();
                core().idle();
                return;
            }
            run(next);
        }
        setWakeUps();
    }

    private void run(Vcpu next) {
        if (next != resident) {
            leave();
            next.enter();
            resident = next;
        }
        next.state(VcpuState.RUNNING);
        running = next;
        last = next;
        if (queue.size() > 1) {
            sliceEnd = now() + ticksPerSlice;
        }
        core().label(next.vm(), next.index());
    }

    /** Saves the resident vCPU, if any. Its timer stops here; {@link #setWakeUps} keeps its deadline. */
    private void leave() {
        Vcpu old = resident;
        if (old != null) {
            resident = null;
            old.leave();
        }
    }

    /** The running vCPU waits for an interrupt; when one is pending already it goes on. */
    public final void waitForInterrupt(Vcpu vcpu) {
        block(vcpu, false);
    }

    /** The same by a call of its firmware, which tells others that ask. */
    public final void suspend(Vcpu vcpu) {
        block(vcpu, true);
    }

    private void block(Vcpu vcpu, boolean suspended) {
        vcpu.suspended(suspended);
        if (!vcpu.hasPendingInterrupt()) {
            vcpu.state(VcpuState.BLOCKED);
            running = null;
        }
    }

    private void wake(Vcpu vcpu) {
        if (vcpu.state() == VcpuState.BLOCKED) {
            vcpu.state(VcpuState.READY);
            timersChanged = true;
            if (running != null && queue.runnable() == 2) {
                sliceEnd = now() + ticksPerSlice;
            }
        }
    }

    /** Powers a vCPU of this core on, at the address it was told to start at. */
    public final void start(Vcpu vcpu) {
        if (vcpu == resident) {
            leave();
        }
        vcpu.reset();
        vcpu.state(VcpuState.BLOCKED);
        wake(vcpu);
    }

    /** Powers a vCPU of this core off. */
    public final void stop(Vcpu vcpu) {
        takeOff(vcpu);
        vcpu.state(VcpuState.OFF);
        vcpu.stopped();
    }

    /** A vCPU of this core stands still until {@link #resume}. */
    public final void pause(Vcpu vcpu) {
        takeOff(vcpu);
        vcpu.state(VcpuState.PAUSED);
    }

    private void takeOff(Vcpu vcpu) {
        if (vcpu == running) {
            running = null;
        }
        if (vcpu == resident) {
            leave();
        }
        timersChanged = true;
    }

    /** A paused vCPU goes on; if it waited for an interrupt then it looks again, as guests do after any wake-up. */
    public final void resume(Vcpu vcpu) {
        vcpu.timerFired(now());
        vcpu.state(VcpuState.BLOCKED);
        wake(vcpu);
    }

    /** A vCPU's interrupts changed: shows them to it and wakes it. */
    public final void interruptsChanged(Vcpu vcpu) {
        vcpu.showInterrupts();
        if (vcpu.state() == VcpuState.BLOCKED && vcpu.hasPendingInterrupt()) {
            wake(vcpu);
        }
    }

    /** Remembers, for the next IPI, that a vCPU of this core has requests. */
    final void post(Vcpu vcpu) {
        requested[requestTail] = vcpu;
        requestTail = (requestTail + 1) % requested.length;
    }

    /** The oldest vCPU with requests, or null. Requests are served first come, first served. */
    public final @Nullable Vcpu nextRequest() {
        if (requestHead == requestTail) {
            return null;
        }
        Vcpu vcpu = requested[requestHead];
        requestHead = (requestHead + 1) % requested.length;
        return vcpu;
    }

    /** The hypervisor's timer fired: timers of vCPUs that are not in the core, and the end of the time slice. */
    public final void timerFired() {
        arm(NEVER);
        armed = NEVER;
        timersChanged = true;
        long now = now();
        for (int i = 0; i < queue.size(); i++) {
            Vcpu vcpu = queue.get(i);
            if (vcpu.timerFired(now)) {
                wake(vcpu);
            }
        }
        Vcpu current = running;
        if (current != null && now >= sliceEnd && queue.runnable() > 1) {
            current.state(VcpuState.READY);
            running = null;
        }
    }

    /**
     * Sets what interrupts the hypervisor: its timer at the next end of a slice or deadline of a vCPU, where the slice counts only while
     * another could run; and what vCPUs wait for.
     */
    private void setWakeUps() {
        long now = now();
        long deadline = running != null && queue.size() > 1 && queue.runnable() > 1 ? sliceEnd : NEVER;
        for (int i = 0; i < queue.size(); i++) {
            deadline = Math.min(deadline, queue.get(i).deadline(now));
        }
        if (deadline != armed) {
            armed = deadline;
            arm(deadline);
        }
        watchWaiting();
    }
}
