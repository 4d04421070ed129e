package org.shyperlab.hypervisor.vcpu;

import org.shyperlab.emulator.core.TrapKind;

/** A virtual processor: identity, state, the core it belongs to, and what it did. */
public class Vcpu {
    private final int vm;
    private final int index;
    private final int core;
    private final long[] traps = new long[TrapKind.values().length];
    private final TrapRing recent = new TrapRing();
    private VcpuState state = VcpuState.OFF;
    private long interruptsInjected;

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

    @Override
    public final String toString() {
        return "VM " + vm + " vCPU " + index;
    }
}
