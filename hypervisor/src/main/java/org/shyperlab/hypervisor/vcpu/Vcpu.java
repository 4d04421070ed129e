package org.shyperlab.hypervisor.vcpu;

import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vm.Vm;

/**
 * A virtual processor: identity, state, the core it belongs to, and what it did. The subclasses know the architecture's registers and
 * how they go into the core and out of it.
 */
public abstract class Vcpu {
    /** Requests of other cores, carried out by this vCPU's core when the IPI arrives. */
    public static final int REQUEST_START = 1;
    /** Stop the vCPU: its VM ends. */
    public static final int REQUEST_STOP = 1 << 1;
    /** Its interrupts changed. */
    public static final int REQUEST_INTERRUPTS = 1 << 2;
    /** Its VM is paused. */
    public static final int REQUEST_PAUSE = 1 << 3;
    /** Its VM goes on. */
    public static final int REQUEST_RESUME = 1 << 4;
    /** What it waits for in a hypercall may be there. */
    public static final int REQUEST_RETRY = 1 << 5;

    private final int vm;
    private final int index;
    private final PhysicalCore home;
    private final long[] traps = new long[TrapKind.values().length];
    private final TrapRing recent = new TrapRing();
    private VcpuState state = VcpuState.OFF;
    private boolean suspended;
    private long interruptsInjected;
    private int requests;
    /** Whether its core has been told to look, and has not done so yet; what was asked may have been taken back meanwhile. */
    private boolean posted;

    private long entry;
    private long argument;

    /** vCPU {@code index} of VM {@code vm}, which runs on physical core {@code home} and on no other. Switched off. */
    protected Vcpu(int vm, int index, PhysicalCore home) {
        this.vm = vm;
        this.index = index;
        this.home = home;
    }

    // ---- what the architecture adds; for the scheduler ----

    /** Its VM. */
    public abstract Vm machine();

    /** Puts the registers of the vCPU, and what the hypervisor's registers must be for it, into its core. */
    public abstract void enter();

    /** Takes the registers out of its core, where its timer stops. */
    public abstract void leave();

    /** Sets the hypervisor's control registers for this vCPU, which is in its core; again when they may have changed. */
    public abstract void setControls();

    /** Reset state at the address that {@link #startAt} named. It is not in its core. */
    public abstract void reset();

    /** It was switched off. */
    public abstract void stopped();

    /** Brings the interrupts that the guest sees up to date, in the core or in the saved registers. On its own core only. */
    public abstract void showInterrupts();

    /** Whether an interrupt would end its wait. */
    public abstract boolean hasPendingInterrupt();

    /** Counter value at which the hypervisor must look at the vCPU's timers; {@link PhysicalCore#NEVER} if it need not. */
    public abstract long deadline(long now);

    /** Looks at the vCPU's timers; whether one of them ends its wait. */
    public abstract boolean timerFired(long now);

    /** Whether the guest takes the physical interrupts of its core itself, so that none reaches the hypervisor meanwhile. */
    public boolean ownsInterrupts() {
        return false;
    }

    // ---- what all have ----

    /** The VM's id. */
    public final int vm() {
        return vm;
    }

    /** Number in the VM, from 0. */
    public final int index() {
        return index;
    }

    /** Index of the physical core. */
    public final int core() {
        return home.index();
    }

    /** The physical core. */
    public final PhysicalCore home() {
        return home;
    }

    /** Whether its registers are in its core, and what is saved is stale. */
    protected final boolean isResident() {
        return home.resident() == this;
    }

    /** What it does. */
    public final VcpuState state() {
        return state;
    }

    /** Changes the state; for the scheduler and power control. */
    public final void state(VcpuState value) {
        state = value;
    }

    /** Whether it was a call of its firmware that it waits in, if it waits. */
    public final boolean isSuspended() {
        return suspended;
    }

    /** It begins to wait, in a call of its firmware or not; for the scheduler. */
    public final void suspended(boolean byFirmware) {
        suspended = byFirmware;
    }

    /** Counts a trap. */
    public final void count(TrapKind kind) {
        traps[kind.ordinal()]++;
    }

    /** How often it trapped for this reason. */
    public final long traps(TrapKind kind) {
        return traps[kind.ordinal()];
    }

    /** The last traps. */
    public final TrapRing recentTraps() {
        return recent;
    }

    /** Counts an interrupt put into a list register. */
    public final void countInjection() {
        interruptsInjected++;
    }

    /** Interrupts put into list registers since power-on. */
    public final long interruptsInjected() {
        return interruptsInjected;
    }

    /** Remembers where the vCPU shall start, and with what in its first argument register. */
    public final void startAt(long address, long firstArgument) {
        entry = address;
        argument = firstArgument;
    }

    /** Where it starts. */
    public final long entry() {
        return entry;
    }

    /** What it is started with. */
    public final long argument() {
        return argument;
    }

    /** Adds a request; true when its core has not been told to look yet, so that an IPI is needed. */
    public final boolean request(int what) {
        boolean first = !posted;
        requests |= what;
        posted = true;
        return first;
    }

    /** Takes back a request that was not carried out yet. */
    public final void cancel(int what) {
        requests &= ~what;
    }

    /** Takes all pending requests. */
    public final int takeRequests() {
        int taken = requests;
        requests = 0;
        posted = false;
        return taken;
    }

    @Override
    public final String toString() {
        return "VM " + vm + " vCPU " + index;
    }
}
