package org.shyperlab.emulator.machine;

import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.EmulatedA64Core;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.engine.Engine;
import org.shyperlab.emulator.time.CounterScale;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;

/** A machine of AArch64 cores (Cortex-A72 with EL2) and PSCI firmware. */
public final class A64Machine extends Machine {
    private final EmulatedA64Core[] cores;

    /** Cores in reset, without RAM and devices. */
    public A64Machine(MachineSpec spec, GuestErrors errors, Trace trace) {
        this(spec, errors, trace, Engine.Hooks.NATIVE);
    }

    /** As the other, with the engine's hooks in machine code or in Java (identical results, slower). */
    A64Machine(MachineSpec spec, GuestErrors errors, Trace trace, Engine.Hooks hooks) {
        super(spec, errors, trace);
        CounterScale scale = CounterScale.of(spec.coreHertz(), spec.counterHertz());
        cores = new EmulatedA64Core[spec.cores()];
        for (int i = 0; i < cores.length; i++) {
            cores[i] = new EmulatedA64Core(i, environment(), scale, hooks);
        }
        cores(cores);
    }

    /** A core, as software at EL2 sees it. */
    public A64Core core(int index) {
        return cores[index];
    }

    /** The interrupt pins of a core, for the board's interrupt controller to drive. */
    public InterruptInputs interruptInputs(int core) {
        return cores[core].pins();
    }

    /** Connects a core's generic timers to its interrupt controller's PPI inputs (level, high = asserted). */
    public void wireTimers(int core, InterruptLine physical, InterruptLine virtual, InterruptLine hypervisor) {
        cores[core].wireTimers(physical, virtual, hypervisor);
    }
}
