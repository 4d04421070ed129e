package org.shyperlab.platforms.run;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.machine.Machine;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.emulator.trace.TrapDescriber;
import org.shyperlab.platforms.board.Platform;
import org.shyperlab.platforms.scenario.Scenario;

/**
 * One run of a scenario: {@link RunBuilder} builds it; then {@link #execute}, {@link #statistics}, {@link #close}, all on one thread.
 * Other threads may call {@link #submit} only.
 */
public final class Run implements AutoCloseable {
    private final Scenario scenario;
    private final RunOptions options;
    private final Platform platform;
    private final GuestSystem system;
    private final SharedScreen screen;
    private final Disks disks;
    private final VmNetwork network;
    private final VmFiles vmFiles;
    private final Walkthrough walkthrough;
    private final GuestErrorLog errors;
    private final Trace trace;
    private final Semaphore submitted = new Semaphore(0);
    private boolean untilSeen;
    private boolean interactive;
    private @Nullable Outcome forced;
    private Outcome outcome = new Outcome(Outcome.SUCCESS, "running");

    Run(
            Scenario scenario,
            RunOptions options,
            Platform platform,
            GuestSystem system,
            SharedScreen screen,
            Disks disks,
            VmNetwork network,
            VmFiles vmFiles,
            Walkthrough walkthrough,
            GuestErrorLog errors,
            Trace trace) {
        this.scenario = scenario;
        this.options = options;
        this.platform = platform;
        this.system = system;
        this.screen = screen;
        this.disks = disks;
        this.network = network;
        this.vmFiles = vmFiles;
        this.walkthrough = walkthrough;
        this.errors = errors;
        this.trace = trace;
    }

    /** Runs until the guest powers off or fails, the awaited text comes, {@link #stop} is called or a limit is reached. */
    public Outcome execute() {
        return execute(Math.min(options.limitNanos(), walkthrough.limitNanos()));
    }

    /** As above, with this limit of virtual time in nanoseconds; what reached a limit may go on with a later one. */
    public Outcome execute(long limitNanos) {
        Machine machine = platform.machine();
        long limit = cycles(limitNanos, machine.alarms().clock().hertz());
        StopReason reason = machine.run(limit);
        while (forced == null && goesOn(reason)) {
            reason = machine.run(limit);
        }
        screen.rest();
        trace.flush();
        outcome = forced != null ? forced : outcome(reason);
        return outcome;
    }

    private boolean goesOn(StopReason reason) {
        if (reason == StopReason.DEADLOCK && interactive) {
            // Every core sleeps, but somebody may still type.
            submitted.acquireUninterruptibly();
            submitted.drainPermits();
            return true;
        }
        if (reason == StopReason.RESET && restarts()) {
            system.restart();
            return true;
        }
        return false;
    }

    private boolean restarts() {
        return options.onReset() == null ? interactive : options.onReset() == RunOptions.OnReset.RESTART;
    }

    private static long cycles(long nanos, long hertz) {
        long seconds = nanos / 1_000_000_000L;
        if (seconds >= Long.MAX_VALUE / hertz - 1) {
            return Long.MAX_VALUE;
        }
        return seconds * hertz + nanos % 1_000_000_000L * hertz / 1_000_000_000L;
    }

    private Outcome outcome(StopReason reason) {
        IOException traceFailure = trace.sinkFailure();
        if (traceFailure != null) {
            return new Outcome(
                    Outcome.WRONG_INPUT,
                    "the trace file %s is incomplete: %s".formatted(options.trace(), traceFailure.getMessage()));
        }
        if (!system.failures().isEmpty()) {
            return new Outcome(Outcome.GUEST_FAILED, "a guest failed");
        }
        if (reason == StopReason.POWER_OFF && !walkthrough.held()) {
            return new Outcome(Outcome.GUEST_FAILED, "not everything in the walk-through held");
        }
        return switch (reason) {
            case POWER_OFF ->
                options.until() == null || untilSeen
                        ? new Outcome(Outcome.SUCCESS, "powered off")
                        : new Outcome(
                                Outcome.GUEST_FAILED,
                                "powered off before \"%s\" was printed".formatted(options.until()));
            // Only the awaited text and stop() ask for it.
            case CONDITION_MET -> new Outcome(Outcome.SUCCESS, "\"%s\" was printed".formatted(options.until()));
            case LIMIT -> new Outcome(Outcome.LIMIT_REACHED, "the limit of virtual time was reached");
            case RESET ->
                new Outcome(Outcome.GUEST_FAILED, "the guest reset the board (--on-reset restart lets it start again)");
            case DEADLOCK -> new Outcome(Outcome.GUEST_FAILED, "every core sleeps and nothing can wake one");
            case GUEST_FAILURE -> new Outcome(Outcome.GUEST_FAILED, "a guest failed");
        };
    }

    /** The text that {@link RunOptions#until} names was printed. */
    void untilSeen() {
        untilSeen = true;
        platform.machine().requestStop(StopReason.CONDITION_MET);
    }

    /**
     * Somebody may type or give orders to VMs: when every core sleeps the run waits for that. Called before {@link #execute}, or on the
     * machine's thread.
     */
    public void expectInput() {
        interactive = true;
    }

    /** Ends the run with this outcome, on the machine's thread. */
    public void stop(Outcome why) {
        forced = why;
        platform.machine().requestStop(StopReason.CONDITION_MET);
    }

    /** Runs {@code action} on the machine's thread soon. Any thread may call it. */
    public void submit(Runnable action) {
        platform.machine().submit(action);
        submitted.release();
    }

    /** The scenario's name. */
    public String name() {
        return scenario.name();
    }

    /** The VMs, for orders from outside on the machine's thread; null when the guest has the bare board. */
    public @Nullable RunningVms vms() {
        return system.vms();
    }

    /** Reads the configurations of further VMs. */
    public VmFiles vmFiles() {
        return vmFiles;
    }

    /** Offers a typed byte to the first guest's console; false when it cannot take it now. On the machine's thread. */
    public boolean type(int value) {
        return system.type(value);
    }

    /** Shows this VM as it prints from now on, and of the others whole lines with their names; at first VM 0. On the machine's thread. */
    public void front(int vm) {
        screen.front(vm);
    }

    /** Somebody types to the VM in front, and wants to see every character at once. Called before {@link #execute}. */
    public void typed() {
        screen.typed();
    }

    /** What is recorded; sinks may be attached and detached on the machine's thread. */
    public Trace trace() {
        return trace;
    }

    /** The words for what is recorded, by the board's architecture. */
    public TrapDescriber describer() {
        return platform.board().architecture().terms();
    }

    /** Mistakes that guests made. */
    public GuestErrorLog errors() {
        return errors;
    }

    /** Reports of guests that failed, as text for people. */
    public List<String> failures() {
        return system.failures();
    }

    /** What the scenario's walk-through expected and whether it was so, a line each; empty without one. */
    public List<String> walkthrough() {
        return walkthrough.report();
    }

    /** What became of each capture of a network device so far, a line each. */
    public List<String> captures() {
        return network.report();
    }

    /** Figures so far; after {@link #execute} they are final. On the machine's thread. */
    public Statistics statistics() {
        VirtualClock clock = platform.machine().alarms().clock();
        Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        return new Statistics(
                scenario.name(),
                platform.board().name(),
                options.bare() ? "native" : "hypervisor",
                platform.cores(),
                outcome.text(),
                platform.machine().instructions(),
                (double) clock.cycles() / clock.hertz(),
                cpu.toNanos() / 1e9,
                guests(clock.hertz()),
                trace.physicalInterrupts(),
                trace.injected(),
                errors.count());
    }

    private List<Statistics.Guest> guests(long hertz) {
        List<Statistics.Guest> guests = new ArrayList<>();
        for (GuestSystem.Guest guest : system.guests()) {
            guests.add(new Statistics.Guest(
                    Trace.vmLabel(guest.vm()),
                    guest.name(),
                    guest.console().sha256Hex(),
                    trace.sha256(guest.vm()),
                    vcpus(guest.vm(), hertz)));
        }
        if (!options.bare() && trace.vcpus(Trace.NATIVE) > 0) {
            // Interrupts that found a core idle at EL2 belong to no VM.
            guests.add(
                    new Statistics.Guest("idle", "idle", "", trace.sha256(Trace.NATIVE), vcpus(Trace.NATIVE, hertz)));
        }
        return guests;
    }

    private List<Statistics.Vcpu> vcpus(int vm, long hertz) {
        List<Statistics.Vcpu> vcpus = new ArrayList<>();
        for (int vcpu = 0; vcpu < trace.vcpus(vm); vcpu++) {
            Map<TrapKind, Statistics.Traps> traps = new EnumMap<>(TrapKind.class);
            for (TrapKind kind : TrapKind.values()) {
                long count = trace.count(vm, vcpu, kind);
                if (count > 0) {
                    traps.put(kind, new Statistics.Traps(count, (double) trace.handlerCycles(vm, vcpu, kind) / hertz));
                }
            }
            vcpus.add(new Statistics.Vcpu(traps));
        }
        return vcpus;
    }

    @Override
    public void close() {
        trace.close();
        network.close();
        disks.close();
        system.close();
        platform.close();
    }
}
