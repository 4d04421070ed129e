package org.shyperlab.hypervisor.vcpu;

import org.shyperlab.emulator.core.TrapKind;

/** A virtual processor: identity, state, the core it belongs to, and what it did. */
public class Vcpu {
    /** Requests of other cores, carried out by this vCPU's core when the IPI arrives. */
    public static final int REQUEST_START = 1;
    /** Stop the vCPU: its VM ends. */
    public static final int REQUEST_STOP = 1 << 1;
    /** Its interrupts changed. */
    public static final int REQUEST_INTERRUPTS = 1 << 2;

    private final int vm;
    private final int index;
    private final int core;
    private final long[] traps = new long[TrapKind.values().length];
    private final TrapRing recent = new TrapRing();
    private VcpuState state = VcpuState.OFF;
    private long interruptsInjected;
    private int requests;
    private long entry;
    private long argument;

    /** vCPU {@code index} of VM {@code vm}, which runs on physical core {@code core} and on no other. */
    protected Vcpu(int vm, int index, int core) {
        this.vm = vm;
        this.index = index;
        this.core = core;
    }

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
        return core;
    }

    /** What it does. */
    public final VcpuState state() {
        return state;
    }

    /** Changes the state; for the scheduler and power control. */
    public final void state(VcpuState value) {
        state = value;
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

    /** Adds a request; true when none was pending, so that an IPI is needed. */
    public final boolean request(int what) {
        boolean first = requests == 0;
        requests |= what;
        return first;
    }

    /** Takes all pending requests. */
    public final int takeRequests() {
        int taken = requests;
        requests = 0;
        return taken;
    }

    @Override
    public final String toString() {
        return "VM " + vm + " vCPU " + index;
    }
}
