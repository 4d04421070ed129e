package org.shyperlab.hypervisor.scheduler.aarch64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.aarch64.A64Context;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.HypervisorOptions.WaitTrapping;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalGic;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;
import org.shyperlab.hypervisor.scheduler.RunQueue;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;

/**
 * One physical core at EL2: which vCPU runs, and the world switch. A vCPU that blocks stays <em>resident</em>: its registers are left
 * in the core until another vCPU needs it, so that a vCPU alone on its core is never saved, and its timer goes on in hardware.
 */
public final class PhysicalCore {
    /** Length of a time slice: 10 ms, as Rust-Shyper's. */
    public static final int SLICES_PER_SECOND = 100;

    private static final long NEVER = Long.MAX_VALUE;
    private static final long HCR_VM = 1;
    private static final long HCR_SWIO = 1 << 1;
    private static final long HCR_FMO = 1 << 3;
    private static final long HCR_IMO = 1 << 4;
    private static final long HCR_AMO = 1 << 5;
    private static final long HCR_TWI = 1 << 13;
    private static final long HCR_TSC = 1 << 19;
    private static final long HCR_RW = 1L << 31;
    private static final long HCR_OWN_INTERRUPTS = HCR_VM | HCR_SWIO | HCR_TSC | HCR_RW;
    private static final long HCR_VIRTUAL_INTERRUPTS = HCR_OWN_INTERRUPTS | HCR_FMO | HCR_IMO | HCR_AMO;
    private static final long CNTHCTL_COUNTER = 1;
    private static final long CNTHCTL_COUNTER_AND_TIMER = 3;
    private static final int HYPERVISOR_PRIVATE =
            1 << PhysicalGic.MAINTENANCE | 1 << PhysicalGic.HYPERVISOR_TIMER | 1 << PhysicalGic.VIRTUAL_TIMER;

    private final A64Core core;
    private final PhysicalGic gic;
    private final RunQueue<A64Vcpu> queue;
    private final int[] requested;
    private final boolean trapWait;
    private int requestHead;
    private int requestTail;
    private long ticksPerSlice;
    private @Nullable A64Vcpu resident;
    private @Nullable A64Vcpu running;
    private @Nullable A64Vcpu last;
    private long sliceEnd;
    private long armed = NEVER;
    private boolean timersChanged;

    /** A core that will run the vCPUs in {@code queue}. Touches no register yet. */
    public PhysicalCore(A64Core core, PhysicalGic gic, RunQueue<A64Vcpu> queue, WaitTrapping waitTrapping) {
        this.core = core;
        this.gic = gic;
        this.queue = queue;
        requested = new int[queue.size() + 1];
        trapWait = waitTrapping == WaitTrapping.ALWAYS || queue.size() > 1;
    }

    /** The registers. */
    public A64Core core() {
        return core;
    }

    /** The GIC as this core sees it. */
    public PhysicalGic gic() {
        return gic;
    }

    /** The vCPUs of this core. */
    public RunQueue<A64Vcpu> queue() {
        return queue;
    }

    /** The vCPU that runs, or null. */
    public @Nullable A64Vcpu running() {
        return running;
    }

    /** The vCPU whose registers are in the core, or null. */
    public @Nullable A64Vcpu resident() {
        return resident;
    }

    /** Sets up EL2 after power-on. */
    public void initialise(HypervisorOptions options) {
        ticksPerSlice = core.get(SysReg.CNTFRQ_EL0) / SLICES_PER_SECOND;
        core.set(SysReg.VTCR_EL2, StageTwoTable.controlRegister(options.ipaBits()));
        core.set(SysReg.HCR_EL2, HCR_VIRTUAL_INTERRUPTS);
        core.set(SysReg.CNTHCTL_EL2, CNTHCTL_COUNTER);
        core.set(SysReg.CNTHP_CTL_EL2, 0);
        core.set(SysReg.VPIDR_EL2, core.get(SysReg.MIDR_EL1));
        gic.initialiseCore();
    }

    /** Whether something happened that {@link #schedule} must look at before the guest goes on. */
    public boolean needsSchedule() {
        return running == null || timersChanged;
    }

    /** The time slice and software timers must be looked at again. */
    public void timersChanged() {
        timersChanged = true;
    }

    /** Picks a vCPU if none runs, sets the hypervisor's timer, and sleeps when there is nothing to do. */
    public void schedule() {
        timersChanged = false;
        if (running == null) {
            A64Vcpu next = queue.next(last);
            if (next == null) {
                core.label(-1, -1);
                setTimer();
                core.idle();
                return;
            }
            run(next);
        }
        setTimer();
    }

    private void run(A64Vcpu next) {
        if (next != resident) {
            leave();
            enter(next);
        }
        next.state(VcpuState.RUNNING);
        running = next;
        last = next;
        if (queue.size() > 1) {
            sliceEnd = core.get(SysReg.CNTPCT_EL0) + ticksPerSlice;
        }
        core.label(next.vm(), next.index());
    }

    private void enter(A64Vcpu next) {
        boolean ownsInterrupts = next.machine().hasPartialPassthrough();
        core.set(SysReg.VTTBR_EL2, next.machine().translationBase());
        core.set(SysReg.VMPIDR_EL2, next.affinity());
        core.set(SysReg.CNTVOFF_EL2, next.machine().counterOffset());
        core.set(SysReg.CNTHCTL_EL2, ownsInterrupts ? CNTHCTL_COUNTER_AND_TIMER : CNTHCTL_COUNTER);
        core.set(
                SysReg.HCR_EL2,
                ownsInterrupts ? HCR_OWN_INTERRUPTS : HCR_VIRTUAL_INTERRUPTS | (trapWait ? HCR_TWI : 0));
        if (ownsInterrupts) {
            gic.enablePrivate(HYPERVISOR_PRIVATE, false);
            gic.useSplitDeactivation(false);
        } else {
            next.gic().load(gic);
        }
        core.load(next.context());
        resident = next;
    }

    /** Saves the resident vCPU, if any. Its virtual timer stops here; {@link #setTimer} keeps its deadline. */
    private void leave() {
        A64Vcpu old = resident;
        if (old == null) {
            return;
        }
        resident = null;
        core.save(old.context());
        core.set(SysReg.CNTV_CTL_EL0, 0);
        if (old.machine().hasPartialPassthrough()) {
            core.set(SysReg.HCR_EL2, HCR_VIRTUAL_INTERRUPTS);
            gic.initialiseCore();
        } else {
            old.gic().save();
        }
    }

    /** The running vCPU waits for an interrupt; when one is pending already it goes on (Arm ARM D1.7.2). */
    public void waitForInterrupt(A64Vcpu vcpu) {
        if (!vcpu.gic().hasPending()) {
            vcpu.state(VcpuState.BLOCKED);
            running = null;
        }
    }

    /** An interrupt came for a vCPU of this core. */
    public void wake(A64Vcpu vcpu) {
        if (vcpu.state() == VcpuState.BLOCKED) {
            vcpu.state(VcpuState.READY);
            timersChanged = true;
            if (running != null && queue.runnable() == 2) {
                sliceEnd = core.get(SysReg.CNTPCT_EL0) + ticksPerSlice;
            }
        }
    }

    /** Powers a vCPU of this core on, at the address it was told to start at. */
    public void start(A64Vcpu vcpu) {
        if (vcpu == resident) {
            leave();
        }
        A64Context fresh = core.newContext();
        vcpu.resetTo(fresh);
        vcpu.gic().reset();
        vcpu.state(VcpuState.BLOCKED);
        wake(vcpu);
    }

    /** Powers a vCPU of this core off. */
    public void stop(A64Vcpu vcpu) {
        if (vcpu == running) {
            running = null;
        }
        if (vcpu == resident) {
            leave();
        }
        vcpu.state(VcpuState.OFF);
        vcpu.timer().reset();
        timersChanged = true;
    }

    /** A vCPU's interrupts changed: brings its list registers up to date and wakes it. */
    public void interruptsChanged(A64Vcpu vcpu) {
        vcpu.gic().update();
        if (vcpu.state() == VcpuState.BLOCKED && vcpu.gic().hasPending()) {
            wake(vcpu);
        }
    }

    /** Remembers, for the next IPI, that a vCPU of this core has requests. */
    void post(A64Vcpu vcpu) {
        requested[requestTail] = vcpu.index() | vcpu.vm() << 8;
        requestTail = (requestTail + 1) % requested.length;
    }

    /** The oldest vCPU with requests, or null. Requests are served first come, first served. */
    public @Nullable A64Vcpu nextRequest() {
        if (requestHead == requestTail) {
            return null;
        }
        int key = requested[requestHead];
        requestHead = (requestHead + 1) % requested.length;
        for (int i = 0; i < queue.size(); i++) {
            A64Vcpu vcpu = queue.get(i);
            if (vcpu.index() == (key & 0xff) && vcpu.vm() == key >>> 8) {
                return vcpu;
            }
        }
        throw new IllegalStateException("request for a vCPU of another core: " + key);
    }

    /** CNTHP fired: software timers of vCPUs, and the end of the time slice. */
    public void timerFired() {
        core.set(SysReg.CNTHP_CTL_EL2, 0);
        armed = NEVER;
        timersChanged = true;
        long now = core.get(SysReg.CNTPCT_EL0);
        for (int i = 0; i < queue.size(); i++) {
            A64Vcpu vcpu = queue.get(i);
            if (vcpu.timer().isAsserted(now)) {
                vcpu.machine().distributor().setPrivateLine(vcpu.gic(), PhysicalGic.PHYSICAL_TIMER, true);
            }
            if (virtualDeadline(vcpu) <= now) {
                // Its own timer interrupt comes from the hardware as soon as its registers are back in the core.
                wake(vcpu);
            }
        }
        A64Vcpu current = running;
        if (current != null && now >= sliceEnd && queue.runnable() > 1) {
            current.state(VcpuState.READY);
            running = null;
        }
    }

    /** Counter value at which the virtual timer of a blocked vCPU fires that is not in the core; NEVER for any other. */
    private long virtualDeadline(A64Vcpu vcpu) {
        if (vcpu == resident || vcpu.state() != VcpuState.BLOCKED) {
            return NEVER;
        }
        A64Context context = vcpu.context();
        boolean on = (context.get(SysReg.CNTV_CTL_EL0) & 3) == 1;
        return on ? context.get(SysReg.CNTV_CVAL_EL0) + vcpu.machine().counterOffset() : NEVER;
    }

    /** Sets CNTHP to the next time slice end or software deadline; the slice counts only while another vCPU could run. */
    private void setTimer() {
        if (queue.size() == 0) {
            return;
        }
        long now = core.get(SysReg.CNTPCT_EL0);
        long deadline = running != null && queue.size() > 1 && queue.runnable() > 1 ? sliceEnd : NEVER;
        for (int i = 0; i < queue.size(); i++) {
            A64Vcpu vcpu = queue.get(i);
            deadline = Math.min(deadline, Math.min(vcpu.timer().deadline(now), virtualDeadline(vcpu)));
        }
        if (deadline == armed) {
            return;
        }
        armed = deadline;
        if (deadline == NEVER) {
            core.set(SysReg.CNTHP_CTL_EL2, 0);
        } else {
            core.set(SysReg.CNTHP_CVAL_EL2, deadline);
            core.set(SysReg.CNTHP_CTL_EL2, 1);
        }
    }
}
