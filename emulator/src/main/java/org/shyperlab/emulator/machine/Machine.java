package org.shyperlab.emulator.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.CoreEnvironment;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.core.EmulatedCore;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.engine.HostMemory;
import org.shyperlab.emulator.firmware.PowerControl;
import org.shyperlab.emulator.firmware.PowerState;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;
import org.shyperlab.emulator.time.AlarmQueue;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;

/**
 * A whole machine: cores, bus, clock, firmware. Build it, then {@link #run} it, all on one platform thread.
 *
 * <p>Order of building: create; {@link #addRam}; attach devices to {@link #bus()}; wire interrupts; load images into RAM; then either
 * {@link #install} a hypervisor or {@link #bootNatively}; then {@link #run}.
 *
 * <p>The cores take turns: the one furthest behind in virtual time runs until it is a quantum ahead of the next. Clocks of working
 * cores therefore differ by little more than a quantum; an interrupt from one core to another ends the turn and arrives at its exact
 * time. Every run of the same machine is the same run.
 */
public abstract class Machine implements AutoCloseable {
    /** Physical addresses end here. */
    static final long PHYSICAL_ADDRESSES = 1L << 40;

    private static final int VMIDS = 256;
    /** A core that is alone runs at most this many quanta before the machine looks at what was submitted. */
    private static final int LONGEST_TURN = 64;

    private final MachineSpec spec;
    private final GuestErrors errors;
    private final Trace trace;
    private final Arena arena = Arena.ofShared();
    private final AddressSpace bus;
    private final AlarmQueue alarms;
    private final PowerControl power = new Power();
    private final CoreEnvironment environment = new Environment();
    private EmulatedCore[] cores = {};
    private final MemorySegment counterFloors = arena.allocate(8L * (VMIDS + 1), 8);
    private final ConcurrentLinkedQueue<Runnable> submitted = new ConcurrentLinkedQueue<>();
    private final List<PhysicalMemory> ram = new ArrayList<>();
    private @Nullable Monitor monitor;
    private @Nullable EmulatedCore running;
    private @Nullable StopReason stopReason;
    /** RAM and devices are mapped into the cores. */
    private boolean connected;

    private boolean started;
    private boolean bootsNatively;
    private long nativeEntry;
    private long nativeArgument;
    private long now;
    private int lastTurn;

    /** A machine without cores yet; the subclass makes them with {@link #environment}. */
    Machine(MachineSpec spec, GuestErrors errors, Trace trace) {
        this.spec = spec;
        this.errors = errors;
        this.trace = trace;
        bus = new AddressSpace(errors);
        VirtualClock clock = new Clock();
        trace.clock(clock);
        alarms = new AlarmQueue(clock, this::alarmMoved);
    }

    /** What cores need of this machine. */
    final CoreEnvironment environment() {
        return environment;
    }

    /** Puts the cores in; once, by the subclass's constructor. */
    final void cores(EmulatedCore[] all) {
        cores = all;
    }

    /** What it was built from. */
    public MachineSpec spec() {
        return spec;
    }

    /** Allocates zeroed RAM (the host backs it page by page when touched) and adds it to the bus and to every core. */
    public void addRam(String name, long base, long size) {
        if (connected) {
            throw new IllegalStateException("a machine that has run gets no more RAM");
        }
        if (base < 0 || size <= 0 || base > PHYSICAL_ADDRESSES - size) {
            throw new IllegalArgumentException(
                    "%s: RAM lies below the 40-bit limit of physical addresses".formatted(name));
        }
        PhysicalMemory block = new PhysicalMemory(name, base, HostMemory.reserve(arena, size), HostMemory::zero);
        bus.addRam(block);
        ram.add(block);
    }

    /** The system bus; attach devices to it before the first {@link #run}. */
    public AddressSpace bus() {
        return bus;
    }

    /** Alarms in virtual time for devices, and the machine's clock. */
    public Alarms alarms() {
        return alarms;
    }

    /** Where traps and interrupts are recorded. */
    public Trace trace() {
        return trace;
    }

    /** Puts a hypervisor at EL2. It is started on core 0 by the first {@link #run}. */
    public void install(Monitor newMonitor) {
        requireNotStarted();
        monitor = newMonitor;
    }

    /** Without a hypervisor: core 0 starts at EL1 at {@code entry} with X0 = {@code argument} (the device tree's address). */
    public void bootNatively(long entry, long argument) {
        requireNotStarted();
        bootsNatively = true;
        nativeEntry = entry;
        nativeArgument = argument;
    }

    private void requireNotStarted() {
        if (started) {
            throw new IllegalStateException("a machine that runs must be reset before it boots something else");
        }
    }

    /**
     * Puts the machine into the state before its first {@link #run}, but for its clock: cores off, devices reset, RAM zero, no
     * hypervisor. After {@link StopReason#RESET}, before images are loaded anew and it is booted again.
     */
    public void reset() {
        for (EmulatedCore core : cores) {
            core.powerOff();
            core.label(Trace.NATIVE, -1);
        }
        bus.windows().forEach(window -> window.device().reset());
        ram.forEach(block -> bus.clearRam(block.base(), block.size()));
        monitor = null;
        bootsNatively = false;
        started = false;
    }

    private void start() {
        if (bootsNatively == (monitor != null)) {
            throw new IllegalStateException("before the first run: install a hypervisor, or boot natively");
        }
        started = true;
        if (!connected) {
            connect();
        }
        cores[0].catchUp(now);
        if (monitor != null) {
            cores[0].powerOnAtMonitor();
        } else {
            cores[0].powerOn(nativeEntry, nativeArgument);
        }
    }

    private void connect() {
        connected = true;
        AddressSpace.Window[] windows = bus.windowsAndHoles(PHYSICAL_ADDRESSES).toArray(AddressSpace.Window[]::new);
        for (EmulatedCore core : cores) {
            ram.forEach(core::mapRam);
            core.connect(windows, monitor != null || cores.length > 1);
        }
        bus.onRamWritten(this::dropCode);
    }

    /**
     * Runs until something ends the run. May be called again after LIMIT, CONDITION_MET and DEADLOCK.
     *
     * @param untilCycles absolute virtual time at which to come back with {@link StopReason#LIMIT}; Long.MAX_VALUE for never
     */
    public StopReason run(long untilCycles) {
        if (!started) {
            start();
        }
        stopReason = null;
        while (stopReason == null) {
            runSubmitted();
            if (stopReason != null) {
                break;
            }
            turn(untilCycles);
        }
        return stopReason;
    }

    private void runSubmitted() {
        for (Runnable action = submitted.poll(); action != null; action = submitted.poll()) {
            action.run();
        }
    }

    /**
     * Lets the core that is furthest behind run until it is a quantum ahead of the next one. A core that sleeps stands at its next
     * event. When nothing is left to do before {@code until}, time skips there.
     */
    private void turn(long until) {
        EmulatedCore first = null;
        long firstReady = Long.MAX_VALUE;
        long secondReady = Long.MAX_VALUE;
        for (int i = 1; i <= cores.length; i++) {
            // Among equals, the one whose last turn is longest ago.
            EmulatedCore core = cores[(lastTurn + i) % cores.length];
            long ready = core.readyAt();
            if (ready < firstReady) {
                secondReady = firstReady;
                firstReady = ready;
                first = core;
            } else if (ready < secondReady) {
                secondReady = ready;
            }
        }
        long next = Math.min(firstReady, alarms.next());
        if (next == Long.MAX_VALUE) {
            stopReason = StopReason.DEADLOCK;
        } else if (next >= until) {
            now = Math.max(now, until);
            stopReason = StopReason.LIMIT;
        } else if (first == null || firstReady > alarms.next()) {
            now = Math.max(now, alarms.next());
            alarms.fire(now);
        } else {
            now = Math.max(now, firstReady);
            lastTurn = first.index();
            running = first;
            first.catchUp(firstReady);
            first.runUntil(Math.min(until, turnEnd(first.cycles(), secondReady)));
            running = null;
            if (stopReason != null) {
                now = Math.max(now, first.cycles());
            }
        }
    }

    private long turnEnd(long start, long secondReady) {
        long quantum = spec.quantumCycles();
        long longest = start + quantum * LONGEST_TURN;
        return secondReady > longest ? longest : Math.min(longest, Math.max(secondReady, start) + quantum);
    }

    private void alarmMoved() {
        EmulatedCore core = running;
        if (core != null) {
            core.attention();
        }
    }

    /**
     * Ends the current run as soon as possible with this reason. Called from device callbacks and monitors on the machine's thread;
     * from other threads use {@link #submit}.
     */
    public void requestStop(StopReason reason) {
        if (stopReason == null) {
            stopReason = reason;
        }
        alarmMoved();
    }

    /** Runs {@code action} on the machine's thread between two rounds, soon. The only method that other threads may call. */
    public void submit(Runnable action) {
        submitted.add(action);
    }

    /** Instructions executed by all cores. */
    public long instructions() {
        long sum = 0;
        for (EmulatedCore core : cores) {
            sum += core.instructions();
        }
        return sum;
    }

    private void dropCode(long address, long length) {
        for (EmulatedCore core : cores) {
            core.dropCode(address, length);
        }
    }

    /** Frees the cores and RAM. */
    @Override
    public void close() {
        for (EmulatedCore core : cores) {
            core.close();
        }
        arena.close();
    }

    /** The time of the core that runs, or of the machine between quanta. */
    private final class Clock implements VirtualClock {
        @Override
        public long cycles() {
            EmulatedCore core = running;
            return core == null ? now : core.cycles();
        }

        @Override
        public long hertz() {
            return spec.coreHertz();
        }
    }

    private final class Power implements PowerControl {
        @Override
        public int cores() {
            return cores.length;
        }

        @Override
        public PowerState state(int core) {
            return cores[core].powerState();
        }

        @Override
        public void powerOn(int core, long entry, long context) {
            EmulatedCore started = cores[core];
            started.catchUp(alarms.clock().cycles());
            if (monitor != null) {
                started.powerOnAtMonitor();
            } else {
                started.powerOn(entry, context);
            }
        }

        @Override
        public void powerOff(int core) {
            cores[core].powerOff();
        }

        @Override
        public void suspend(int core) {
            cores[core].suspend();
        }

        @Override
        public void systemOff() {
            requestStop(StopReason.POWER_OFF);
        }

        @Override
        public void systemReset() {
            requestStop(StopReason.RESET);
        }
    }

    private final class Environment implements CoreEnvironment {
        @Override
        public AddressSpace bus() {
            return bus;
        }

        @Override
        public AlarmQueue alarms() {
            return alarms;
        }

        @Override
        public Trace trace() {
            return trace;
        }

        @Override
        public GuestErrors errors() {
            return errors;
        }

        @Override
        public CostTable costs() {
            return spec.costs();
        }

        @Override
        public @Nullable Monitor monitor() {
            return monitor;
        }

        @Override
        public PowerControl power() {
            return power;
        }

        @Override
        public long interruptRaised(int core) {
            EmulatedCore raiser = running;
            if (raiser != null && raiser.index() == core) {
                return 0;
            }
            if (raiser != null) {
                raiser.endTurn();
            }
            if (alarms.firing() != AlarmQueue.NONE) {
                return alarms.firing();
            }
            // Without a core it was submitted; a sleeping core's clock still stands where it fell asleep.
            return raiser == null ? now : raiser.cycles();
        }

        @Override
        public boolean isStopping() {
            return stopReason != null;
        }

        @Override
        public void guestFailed(int core, String what) {
            errors.report(core, "core", "%s", what);
            requestStop(StopReason.GUEST_FAILURE);
        }

        @Override
        public void flushTranslations() {
            for (EmulatedCore core : cores) {
                core.flushTranslations();
            }
        }

        @Override
        public void stage2Changed() {
            for (EmulatedCore core : cores) {
                core.stage2Changed();
            }
        }

        @Override
        public void flushTranslation(long virtualAddress) {
            for (EmulatedCore core : cores) {
                core.flushTranslation(virtualAddress);
            }
        }

        @Override
        public void dropCode(long physicalAddress, long length) {
            Machine.this.dropCode(physicalAddress, length);
        }

        @Override
        public void dropAllCode() {
            for (PhysicalMemory block : ram) {
                Machine.this.dropCode(block.base(), block.size());
            }
        }

        @Override
        public long counterFloor(int vmid) {
            return counterFloors.address() + 8L * (vmid + 1);
        }
    }
}
