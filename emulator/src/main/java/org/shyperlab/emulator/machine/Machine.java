package org.shyperlab.emulator.machine;

import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * A whole machine: cores, bus, clock, firmware. Build it, then {@link #run} it, all on one platform thread.
 *
 * <p>Order of building: create; {@link #addRam}; attach devices to {@link #bus()}; wire interrupts; load images into RAM; then either
 * {@link #install} a hypervisor or {@link #bootNatively}; then {@link #run}.
 */
public final class Machine implements AutoCloseable {
    /** Powers up nothing yet: cores without RAM and devices. */
    public Machine(MachineSpec spec, GuestErrors errors) {
        throw new UnsupportedOperationException("SKELETON: the lead is writing this");
    }

    /** What it was built from. */
    public MachineSpec spec() {
        throw new UnsupportedOperationException();
    }

    /** Allocates zeroed RAM (the host backs it page by page when touched) and adds it to the bus and to every core. */
    public void addRam(String name, long base, long size) {
        throw new UnsupportedOperationException();
    }

    /** The system bus; attach devices to it before the first {@link #run}. */
    public AddressSpace bus() {
        throw new UnsupportedOperationException();
    }

    /** Alarms in virtual time for devices, and the machine's clock. */
    public Alarms alarms() {
        throw new UnsupportedOperationException();
    }

    /** The interrupt pins of a core, for the board's interrupt controller to drive. */
    public InterruptInputs interruptInputs(int core) {
        throw new UnsupportedOperationException();
    }

    /** Connects a core's generic timers to its interrupt controller's PPI inputs (level, high = asserted). */
    public void wireTimers(int core, InterruptLine physical, InterruptLine virtual, InterruptLine hypervisor) {
        throw new UnsupportedOperationException();
    }

    /** A core, as software at EL2 sees it. */
    public A64Core core(int index) {
        throw new UnsupportedOperationException();
    }

    /** Puts a hypervisor at EL2. It is started on core 0 by the first {@link #run}. */
    public void install(Monitor monitor) {
        throw new UnsupportedOperationException();
    }

    /** Without a hypervisor: core 0 starts at EL1 at {@code entry} with X0 = {@code argument} (the device tree's address). */
    public void bootNatively(long entry, long argument) {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs until something ends the run. May be called again after LIMIT and CONDITION_MET.
     *
     * @param untilCycles absolute virtual time at which to come back with {@link StopReason#LIMIT}; Long.MAX_VALUE for never
     */
    public StopReason run(long untilCycles) {
        throw new UnsupportedOperationException();
    }

    /**
     * Ends the current run as soon as possible with this reason. Called from device callbacks and monitors on the machine's thread;
     * from other threads use {@link #submit}.
     */
    public void requestStop(StopReason reason) {
        throw new UnsupportedOperationException();
    }

    /** Runs {@code action} on the machine's thread between two slices, soon. The only method that other threads may call. */
    public void submit(Runnable action) {
        throw new UnsupportedOperationException();
    }

    /** Instructions executed by all cores. */
    public long instructions() {
        throw new UnsupportedOperationException();
    }

    /** Frees the cores and RAM. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
