package org.shyperlab.hypervisor.scheduler.riscv64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Context;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.hypervisor.HypervisorOptions.WaitTrapping;
import org.shyperlab.hypervisor.scheduler.RunQueue;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;

/**
 * One physical hart at HS: which vCPU runs, and the world switch. A vCPU that blocks stays <em>resident</em>: its registers are left
 * in the hart until another vCPU needs it, so that a vCPU alone on its hart is never saved, and its timer goes on in hardware.
 *
 * <p>A guest's timer is vstimecmp, whether the guest writes stimecmp itself (Sstc) or asks by SBI.
 */
public final class PhysicalHart {
    /** Length of a time slice: 10 ms, as Rust-Shyper's. */
    public static final int SLICES_PER_SECOND = 100;

    private static final long NEVER = Long.MAX_VALUE;
    private static final long SUPERVISOR_INTERRUPTS = 1 << 1 | 1 << 5 | 1 << 9;
    private static final long GUEST_INTERRUPTS = SUPERVISOR_INTERRUPTS << 1;
    private static final long HVIP_SOFTWARE = 1 << 2;
    private static final long HVIP_EXTERNAL = 1 << 10;
    private static final long VSIE_TIMER = 1 << 5;
    /** All that a guest can handle itself: not its ecalls from VS, and nothing of the G stage. */
    private static final long GUEST_EXCEPTIONS = 0xb1ff;

    private static final long HCOUNTEREN_ALL = 7;
    private static final long HENVCFG_STCE = 1L << 63;
    private static final long HSTATUS_SPV = 1 << 7;
    private static final long HSTATUS_SPVP = 1 << 8;
    private static final long HSTATUS_VTW = 1 << 21;

    private final Rv64Core core;
    private final RunQueue<Rv64Vcpu> queue;
    private final long ticksPerSlice;
    private final boolean trapWait;
    private final Rv64Vcpu[] requested;
    private int requestHead;
    private int requestTail;
    private @Nullable Rv64Vcpu resident;
    private @Nullable Rv64Vcpu running;
    private @Nullable Rv64Vcpu last;
    private long sliceEnd;
    private long armed = NEVER;
    private boolean timersChanged;

    /**
     * A hart that will run the vCPUs in {@code queue}. Touches no register yet.
     *
     * @param timeHertz frequency of the time CSR
     */
    public PhysicalHart(Rv64Core core, RunQueue<Rv64Vcpu> queue, long timeHertz, WaitTrapping waitTrapping) {
        this.core = core;
        this.queue = queue;
        ticksPerSlice = timeHertz / SLICES_PER_SECOND;
        trapWait = waitTrapping == WaitTrapping.ALWAYS || queue.size() > 1;
        requested = new Rv64Vcpu[queue.size() + 1];
    }

    /** The registers. */
    public Rv64Core core() {
        return core;
    }

    /** The vCPUs of this hart. */
    public RunQueue<Rv64Vcpu> queue() {
        return queue;
    }

    /** The vCPU that runs, or null. */
    public @Nullable Rv64Vcpu running() {
        return running;
    }

    /** Sets up HS after power-on. */
    public void initialise() {
        core.set(Csr.HEDELEG, GUEST_EXCEPTIONS);
        core.set(Csr.HIDELEG, GUEST_INTERRUPTS);
        core.set(Csr.HCOUNTEREN, HCOUNTEREN_ALL);
        core.set(Csr.HENVCFG, HENVCFG_STCE);
        core.set(Csr.HSTATUS, HSTATUS_SPV | HSTATUS_SPVP | (trapWait ? HSTATUS_VTW : 0));
        core.set(Csr.STIMECMP, -1);
        core.set(Csr.SIE, SUPERVISOR_INTERRUPTS);
    }

    /** Whether something happened that {@link #schedule} must look at before the guest goes on. */
    public boolean needsSchedule() {
        return running == null || timersChanged;
    }

    /** Picks a vCPU if none runs, sets the hypervisor's timer, and sleeps when there is nothing to do. */
    public void schedule() {
        timersChanged = false;
        if (running == null) {
            Rv64Vcpu next = queue.next(last);
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

    private void run(Rv64Vcpu next) {
        if (next != resident) {
            leave();
            core.set(Csr.HGATP, next.machine().translationBase());
            core.load(next.context());
            resident = next;
        }
        showInterrupts(next);
        next.state(VcpuState.RUNNING);
        running = next;
        last = next;
        if (queue.size() > 1) {
            sliceEnd = core.get(Csr.TIME) + ticksPerSlice;
        }
        core.label(next.vm(), next.index());
    }

    /** Saves the resident vCPU, if any. Its timer stops here; {@link #setTimer} keeps its deadline. */
    private void leave() {
        Rv64Vcpu old = resident;
        if (old != null) {
            resident = null;
            core.save(old.context());
            core.set(Csr.VSTIMECMP, -1);
            core.set(Csr.HVIP, 0);
        }
    }

    /** Puts what others have sent to a vCPU into hvip, in the hart or in the saved register file. */
    private void showInterrupts(Rv64Vcpu vcpu) {
        boolean here = vcpu == resident;
        long old = here ? core.get(Csr.HVIP) : vcpu.context().get(Csr.HVIP);
        long now = vcpu.external() ? old | HVIP_EXTERNAL : old & ~HVIP_EXTERNAL;
        if (vcpu.takeSoftware()) {
            now |= HVIP_SOFTWARE;
        }
        if (now == old) {
            return;
        }
        if (here) {
            core.set(Csr.HVIP, now);
        } else {
            vcpu.context().set(Csr.HVIP, now);
        }
    }

    private boolean hasPending(Rv64Vcpu vcpu) {
        if (vcpu == resident) {
            return (core.get(Csr.VSIP) & core.get(Csr.VSIE)) != 0;
        }
        Rv64Context context = vcpu.context();
        return (context.get(Csr.HVIP) >> 1 & context.get(Csr.VSIE)) != 0 || deadline(vcpu) <= core.get(Csr.TIME);
    }

    /** The running vCPU waits for an interrupt; when one is pending already it goes on. */
    public void waitForInterrupt(Rv64Vcpu vcpu) {
        if (!hasPending(vcpu)) {
            vcpu.state(VcpuState.BLOCKED);
            running = null;
        }
    }

    private void wake(Rv64Vcpu vcpu) {
        if (vcpu.state() == VcpuState.BLOCKED) {
            vcpu.state(VcpuState.READY);
            timersChanged = true;
            if (running != null && queue.runnable() == 2) {
                sliceEnd = core.get(Csr.TIME) + ticksPerSlice;
            }
        }
    }

    /** Powers a vCPU of this hart on, at the address it was told to start at. */
    public void start(Rv64Vcpu vcpu) {
        if (vcpu == resident) {
            leave();
        }
        Rv64Context fresh = core.newContext();
        fresh.set(Csr.HTIMEDELTA, vcpu.machine().timeOffset());
        vcpu.resetTo(fresh);
        vcpu.state(VcpuState.BLOCKED);
        wake(vcpu);
    }

    /** Powers a vCPU of this hart off. */
    public void stop(Rv64Vcpu vcpu) {
        if (vcpu == running) {
            running = null;
        }
        if (vcpu == resident) {
            leave();
        }
        vcpu.state(VcpuState.OFF);
        timersChanged = true;
    }

    /** A vCPU's interrupts changed: shows them to it and wakes it. */
    public void interruptsChanged(Rv64Vcpu vcpu) {
        showInterrupts(vcpu);
        if (vcpu.state() == VcpuState.BLOCKED && hasPending(vcpu)) {
            wake(vcpu);
        }
    }

    /** Sets the timer of the running vCPU, in the guest's time; it is pending from then on. */
    public void guestTimer(long ticks) {
        core.set(Csr.VSTIMECMP, ticks);
    }

    /** Remembers, for the next IPI, that a vCPU of this hart has requests. */
    void post(Rv64Vcpu vcpu) {
        requested[requestTail] = vcpu;
        requestTail = (requestTail + 1) % requested.length;
    }

    /** The oldest vCPU with requests, or null. Requests are served first come, first served. */
    public @Nullable Rv64Vcpu nextRequest() {
        if (requestHead == requestTail) {
            return null;
        }
        Rv64Vcpu vcpu = requested[requestHead];
        requestHead = (requestHead + 1) % requested.length;
        return vcpu;
    }

    /** The hypervisor's timer fired: timers of blocked vCPUs, and the end of the time slice. */
    public void timerFired() {
        core.set(Csr.STIMECMP, -1);
        armed = NEVER;
        timersChanged = true;
        long now = core.get(Csr.TIME);
        for (int i = 0; i < queue.size(); i++) {
            Rv64Vcpu vcpu = queue.get(i);
            if (vcpu.state() == VcpuState.BLOCKED && deadline(vcpu) <= now) {
                wake(vcpu);
            }
        }
        Rv64Vcpu current = running;
        if (current != null && now >= sliceEnd && queue.runnable() > 1) {
            current.state(VcpuState.READY);
            running = null;
        }
    }

    /** Time at which a vCPU's own timer ends its wait; NEVER when it does not. */
    private long deadline(Rv64Vcpu vcpu) {
        boolean here = vcpu == resident;
        long enabled = here ? core.get(Csr.VSIE) : vcpu.context().get(Csr.VSIE);
        long compare = here ? core.get(Csr.VSTIMECMP) : vcpu.context().get(Csr.VSTIMECMP);
        if ((enabled & VSIE_TIMER) == 0 || compare < 0) {
            return NEVER;
        }
        long at = compare - vcpu.machine().timeOffset();
        return at < 0 ? NEVER : at;
    }

    /** Sets stimecmp to the next end of a slice or end of a wait; the slice counts only while another vCPU could run. */
    private void setTimer() {
        long deadline = running != null && queue.size() > 1 && queue.runnable() > 1 ? sliceEnd : NEVER;
        for (int i = 0; i < queue.size(); i++) {
            Rv64Vcpu vcpu = queue.get(i);
            if (vcpu.state() == VcpuState.BLOCKED) {
                deadline = Math.min(deadline, deadline(vcpu));
            }
        }
        if (deadline != armed) {
            armed = deadline;
            core.set(Csr.STIMECMP, deadline == NEVER ? -1 : deadline);
        }
    }
}
