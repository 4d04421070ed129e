package org.shyperlab.emulator.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.engine.Engine;
import org.shyperlab.emulator.engine.EngineClient;
import org.shyperlab.emulator.firmware.PowerState;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;
import org.shyperlab.emulator.trace.Trace;

/**
 * What happens around the guest code that an engine runs, whatever the architecture: turns, sleep, virtual time, the way to the
 * monitor, RAM and devices. The architecture's class adds registers, exceptions, interrupt pins and timers.
 */
public abstract class AbstractCore implements EmulatedCore, EngineClient {
    /** What a core is doing. */
    protected enum State {
        /** Powered down. */
        OFF,
        /** Powered on; its first turn is still to come. */
        STARTING,
        /** Runs guest code. */
        RUNNING,
        /** In WFI: wakes when an interrupt is pending, masked or not. */
        WAITING,
        /** Firmware had it sleep until an interrupt is pending. */
        SUSPENDED,
        /** Sleeps at the hypervisor's level until a physical interrupt is asserted. */
        IDLE
    }

    private static final int FAR_TOO_MANY_INTERRUPTS = 100_000;

    protected final CoreEnvironment machine;
    private final int index;
    private final long hertz;
    private final long trapCost;
    private final long interruptCost;
    private final long deviceCost;
    private final long worldSwitchCost;
    private final List<PhysicalMemory> ram = new ArrayList<>();
    private long[] ramAddresses = {};
    private Device[] windows = {};
    private State state = State.OFF;
    private boolean startMonitor;
    private boolean inEngine;
    private long turnEnd;
    private long notInstructions;
    private int vm = Trace.NATIVE;
    private int vcpu = -1;

    /** A powered-down core number {@code index} at {@code hertz} cycles per second. */
    protected AbstractCore(int index, CoreEnvironment machine, long hertz) {
        this.index = index;
        this.machine = machine;
        this.hertz = hertz;
        trapCost = machine.costs().cycles(Cost.TRAP);
        interruptCost = machine.costs().cycles(Cost.INTERRUPT);
        deviceCost = machine.costs().cycles(Cost.DEVICE_ACCESS);
        worldSwitchCost = machine.costs().cycles(Cost.WORLD_SWITCH);
    }

    /** When an interrupt that is raised now reaches this core: at the time of the core that raises it; Long.MAX_VALUE for at once. */
    protected final long arrival() {
        long raised = machine.interruptRaised(index);
        return raised > engine().now() ? raised : Long.MAX_VALUE;
    }

    // ---- what the architecture adds ----

    /** The native edge; the same object always. */
    protected abstract Engine engine();

    /** Puts the guest's level into reset state. */
    protected abstract void reset();

    /** Sets a native guest's first program counter and argument. */
    protected abstract void startGuest(long entry, long argument);

    /** Makes maintenance instructions reach other cores; see {@link EmulatedCore#connect}. */
    protected abstract void interceptMaintenance(boolean broadcast);

    /** Timers and interrupts whose time has come take effect. */
    protected abstract void meetEvents();

    /** The cycle of the next timer or arriving interrupt; Long.MAX_VALUE for none. */
    protected abstract long nextEvent();

    /** Whether a physical interrupt is asserted, whoever gets it. */
    protected abstract boolean isInterruptAsserted();

    /** Whether a physical interrupt is asserted and routed to the hypervisor's level while a guest runs. */
    protected abstract boolean isInterruptForMonitor();

    /** Whether an interrupt is pending that ends a WFI of the guest. */
    protected abstract boolean isWoken();

    /** Whether the guest can take an interrupt that it could not when its block began. */
    protected abstract boolean canTakeInterrupt();

    /** The monitor is about to look at the guest's registers. */
    protected void enterMonitor() {}

    /** The monitor is done with the guest's registers. */
    protected void leaveMonitor() {}

    /** The engine came back: with 0 after a stop or by itself, otherwise because of what the guest did (see {@link Engine#describe}). */
    protected abstract void engineReturned(int error);

    // ---- turns ----

    @Override
    public final void powerOn(long entry, long argument) {
        reset();
        startGuest(entry, argument);
        state = State.STARTING;
    }

    @Override
    public final void powerOnAtMonitor() {
        reset();
        startMonitor = true;
        state = State.STARTING;
    }

    @Override
    public final void powerOff() {
        state = State.OFF;
        leaveEngineSoon();
    }

    @Override
    public final PowerState powerState() {
        return switch (state) {
            case OFF -> PowerState.OFF;
            case STARTING -> PowerState.STARTING;
            case RUNNING, WAITING, IDLE -> PowerState.ON;
            case SUSPENDED -> PowerState.SUSPENDED;
        };
    }

    @Override
    public final void suspend() {
        state = State.SUSPENDED;
        leaveEngineSoon();
    }

    @Override
    public final void idle() {
        state = State.IDLE;
        leaveEngineSoon();
    }

    @Override
    public final boolean isIdle() {
        return state == State.IDLE;
    }

    /** The guest waits for an interrupt, unless one is pending already. */
    protected final void waitForInterrupt() {
        state = isWoken() ? State.RUNNING : State.WAITING;
    }

    private boolean isRunnable() {
        return switch (state) {
            case STARTING, RUNNING -> true;
            case OFF -> false;
            case IDLE -> isInterruptAsserted();
            case WAITING, SUSPENDED -> isWoken();
        };
    }

    @Override
    public final long readyAt() {
        if (state == State.OFF) {
            return Long.MAX_VALUE;
        }
        return isRunnable() ? engine().now() : nextEvent();
    }

    @Override
    public final void catchUp(long cycles) {
        long behind = cycles - engine().now();
        if (behind > 0) {
            charge(behind);
        }
        meetEvents();
    }

    @Override
    public final void runUntil(long end) {
        turnEnd = end;
        Monitor monitor = machine.monitor();
        int interrupts = 0;
        while (engine().now() < turnEnd && !machine.isStopping() && isRunnable()) {
            if (startMonitor && monitor != null) {
                startMonitor = false;
                state = State.RUNNING;
                enterMonitor();
                monitor.start(this);
                leaveMonitor();
            } else if (monitor != null && (state == State.IDLE || isInterruptForMonitor())) {
                interrupt(monitor);
                if (++interrupts > FAR_TOO_MANY_INTERRUPTS) {
                    throw new IllegalStateException("core " + index + ": the hypervisor leaves its interrupt asserted");
                }
            } else {
                state = State.RUNNING;
                interrupts = 0;
                runEngine();
            }
        }
    }

    private void interrupt(Monitor monitor) {
        state = State.RUNNING;
        enterMonitor();
        machine.trace().trap(index, vm, vcpu, engine().now(), TrapKind.IRQ, pc(), 0, 0);
        charge(interruptCost);
        monitor.interrupt(this);
        leaveMonitor();
        machine.trace().trapHandled(index, engine().now());
    }

    /** Takes the guest's trap to the monitor. */
    protected final void trap(Monitor monitor, Trap trap, int syndrome, long detail) {
        enterMonitor();
        machine.trace().trap(index, vm, vcpu, engine().now(), trap.kind(), pc(), syndrome, detail);
        charge(trapCost);
        monitor.trap(this, trap);
        leaveMonitor();
        machine.trace().trapHandled(index, engine().now());
    }

    private void runEngine() {
        meetEvents();
        setLimit();
        inEngine = true;
        int error;
        try {
            error = engine().run();
        } finally {
            inEngine = false;
        }
        engineReturned(error);
    }

    // ---- time ----

    private void setLimit() {
        engine().limit(Math.min(turnEnd, Math.min(nextEvent(), machine.alarms().next())));
    }

    @Override
    public final void endTurn() {
        turnEnd = engine().now();
        leaveEngineSoon();
    }

    @Override
    public final void attention() {
        engine().limit(0);
    }

    /** Something changed that concerns the guest code that runs now, if any does. */
    protected final void leaveEngineSoon() {
        if (inEngine) {
            attention();
        }
    }

    /** Whether the engine has to come back to {@link #runUntil}. */
    protected final boolean mustLeaveEngine() {
        return state != State.RUNNING || engine().now() >= turnEnd || machine.isStopping() || isInterruptForMonitor();
    }

    /** Everything that is due now happens; false when the core has to leave the engine, which is under way then. */
    protected final boolean meetDeadlines() {
        long now = engine().now();
        if (machine.alarms().next() <= now) {
            machine.alarms().fire(now);
        }
        meetEvents();
        if (mustLeaveEngine()) {
            engine().stop();
            return false;
        }
        setLimit();
        return true;
    }

    @Override
    public final void limitReached() {
        if (meetDeadlines() && canTakeInterrupt()) {
            engine().kick();
        }
    }

    @Override
    public final long cycles() {
        return engine().now();
    }

    @Override
    public final long hertz() {
        return hertz;
    }

    @Override
    public final void charge(long cycles) {
        engine().advance(cycles);
        notInstructions += cycles;
    }

    @Override
    public final long instructions() {
        return engine().now() - notInstructions - engine().guestExceptions();
    }

    /** Another guest's register file went into the core: what that costs by the board's table. */
    protected final void chargeWorldSwitch() {
        charge(worldSwitchCost);
    }

    // ---- memory and devices ----

    @Override
    public final void mapRam(PhysicalMemory block) {
        engine().mapRam(block.base(), block.segment());
        ram.add(block);
        ramAddresses = Arrays.copyOf(ramAddresses, ram.size());
        ramAddresses[ram.size() - 1] = engine().ramAddress(block.segment());
    }

    @Override
    public void dropCode(long address, long length) {
        for (int i = 0; i < ram.size(); i++) {
            PhysicalMemory block = ram.get(i);
            if (block.contains(address, 1)) {
                long offset = address - block.base();
                engine().dropCode(ramAddresses[i] + offset, Math.min(length, block.size() - offset));
            }
        }
    }

    @Override
    public final void connect(AddressSpace.Window[] all, boolean broadcast) {
        windows = new Device[all.length];
        for (int i = 0; i < all.length; i++) {
            windows[i] = all[i].device();
            engine().mapDevice(all[i].base(), windows[i].size(), i);
        }
        interceptMaintenance(broadcast);
    }

    @Override
    public final long deviceRead(int window, long offset, int size) {
        if (deviceCost != 0) {
            charge(deviceCost);
        }
        return windows[window].read(index, offset, size);
    }

    @Override
    public final void deviceWrite(int window, long offset, int size, long value) {
        if (deviceCost != 0) {
            charge(deviceCost);
        }
        windows[window].write(index, offset, size, value);
    }

    @Override
    public final long readPhysical(long address, int size) {
        return machine.bus().read(index, address, size);
    }

    @Override
    public final void writePhysical(long address, int size, long value) {
        machine.bus().write(index, address, size, value);
    }

    @Override
    public final int index() {
        return index;
    }

    @Override
    public final void label(int newVm, int newVcpu) {
        vm = newVm;
        vcpu = newVcpu;
    }

    @Override
    public final void close() {
        engine().close();
    }
}
