package org.shyperlab.emulator.trace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.time.VirtualClock;

/**
 * Records traps and interrupts of a run: counters, one hash per VM, the last events, and an optional {@link TraceSink}. Recording
 * allocates nothing, except when a VM or vCPU is seen for the first time and when a sink writes.
 *
 * <p>VM {@link #NATIVE} stands for code that runs without a hypervisor; its "vCPU" is the core.
 */
public final class Trace implements AutoCloseable {
    /** The VM number of what runs without a hypervisor. */
    public static final int NATIVE = -1;

    /** Cores that {@link #trapHandled} tells apart. */
    private static final int MAX_CORES = 8;

    private static final VirtualClock POWER_ON = new VirtualClock() {
        @Override
        public long cycles() {
            return 0;
        }

        @Override
        public long hertz() {
            return 1_000_000_000L;
        }
    };

    private final EventRing ring = new EventRing();
    private final long[] physicalInterrupts = new long[MAX_CORES];
    private final @Nullable VmTrace[] openTrapVm = new @Nullable VmTrace[MAX_CORES];
    private final int[] openTrapVcpu = new int[MAX_CORES];
    private final int[] openTrapKind = new int[MAX_CORES];
    private final long[] openTrapCycles = new long[MAX_CORES];
    /** By VM number + 1. */
    private @Nullable VmTrace[] vms = {};

    private VirtualClock clock = POWER_ON;
    private @Nullable TraceSink sink;
    private @Nullable IOException sinkFailure;
    private long written;

    /** The VM's name in files and tables: {@code native} or its number. */
    public static String vmLabel(int vm) {
        return vm == NATIVE ? "native" : Integer.toString(vm);
    }

    /** The clock that stamps interrupts and turns cycles into time; set once when the machine is built. */
    public void clock(VirtualClock machineClock) {
        clock = machineClock;
    }

    /**
     * A guest came to the hypervisor's level (or, natively, to firmware).
     *
     * @param vcpu the vCPU; ignored for {@link #NATIVE}, where the core takes its place
     * @param cycles the core's virtual time
     * @param detail AArch64: of an abort the IPA, of an SMC the function, of a trapped register its encoding; RISC-V: of a guest page fault
     *     the GPA, of an ecall the extension (a7), otherwise stval; for interrupts their number
     */
    public void trap(int core, int vm, int vcpu, long cycles, TrapKind kind, long pc, int syndrome, long detail) {
        int owner = vm == NATIVE ? core : vcpu;
        VmTrace trace = vm(vm);
        trace.trap(core, owner, cycles, kind.ordinal(), pc, syndrome, detail);
        makeRoom();
        ring.trap(core, vm, owner, cycles, kind.ordinal(), pc, syndrome, detail);
        openTrapVm[core] = trace;
        openTrapVcpu[core] = owner;
        openTrapKind[core] = kind.ordinal();
        openTrapCycles[core] = cycles;
    }

    /** The handler of the last trap on {@code core} returned at virtual time {@code cycles}: what passed is that trap's cost. */
    public void trapHandled(int core, long cycles) {
        VmTrace trace = openTrapVm[core];
        if (trace != null) {
            trace.handled(openTrapVcpu[core], openTrapKind[core], cycles - openTrapCycles[core]);
            openTrapVm[core] = null;
        }
    }

    /** An interrupt was made pending for a vCPU (written to a list register, or asserted as a virtual line). */
    public void injected(int vm, int vcpu, int intid) {
        long now = clock.cycles();
        vm(vm).injected(vcpu, now, intid);
        makeRoom();
        ring.interrupt(TraceEvent.Type.INJECTED, -1, vm, vcpu, now, intid);
    }

    /** A core took physical interrupt {@code intid}. */
    public void physicalInterrupt(int core, int intid) {
        physicalInterrupts[core]++;
        makeRoom();
        ring.interrupt(TraceEvent.Type.PHYSICAL_INTERRUPT, core, NATIVE, -1, clock.cycles(), intid);
    }

    /** The VMs seen so far, in order, {@link #NATIVE} first. */
    public int[] vms() {
        return IntStream.range(0, vms.length)
                .filter(i -> vms[i] != null)
                .map(i -> i - 1)
                .toArray();
    }

    /** One more than the highest vCPU of {@code vm} that trapped. */
    public int vcpus(int vm) {
        VmTrace trace = seen(vm);
        return trace == null ? 0 : trace.vcpus();
    }

    /** How often a vCPU trapped for that reason. */
    public long count(int vm, int vcpu, TrapKind kind) {
        VmTrace trace = seen(vm);
        return trace == null ? 0 : trace.count(vcpu, kind);
    }

    /** Virtual cycles that passed in handlers of those traps, as told by {@link #trapHandled}. */
    public long handlerCycles(int vm, int vcpu, TrapKind kind) {
        VmTrace trace = seen(vm);
        return trace == null ? 0 : trace.handlerCycles(vcpu, kind);
    }

    /** Interrupts injected into all VMs. */
    public long injected() {
        long sum = 0;
        for (VmTrace trace : vms) {
            sum += trace == null ? 0 : trace.injected();
        }
        return sum;
    }

    /** Physical interrupts taken on all cores. */
    public long physicalInterrupts() {
        return Arrays.stream(physicalInterrupts).sum();
    }

    /** SHA-256 of the VM's events so far in hex: equal for two runs exactly when they trapped alike at the same virtual times. */
    public String sha256(int vm) {
        return vm(vm).sha256Hex();
    }

    /** The last events that concern {@code vm}, at most {@code limit}, oldest first; for failure reports. */
    public List<TraceEvent> last(int vm, int limit) {
        List<TraceEvent> found = new ArrayList<>();
        long oldest = Math.max(0, ring.next() - EventRing.CAPACITY);
        for (long sequence = ring.next() - 1; sequence >= oldest && found.size() < limit; sequence--) {
            if (ring.isAbout(sequence, vm)) {
                found.add(ring.event(sequence, clock));
            }
        }
        Collections.reverse(found);
        return found;
    }

    /** Writes every event from now on to {@code newSink}, and closes the one before. */
    public void attach(TraceSink newSink) {
        detach();
        written = ring.next();
        sink = newSink;
    }

    /** Writes what is still buffered and closes the sink, if there is one. */
    public void detach() {
        flush();
        close(sink);
        sink = null;
    }

    /** Whether events are being written to a sink. */
    public boolean isAttached() {
        return sink != null;
    }

    /**
     * Passes all recorded events to the sink. A sink that fails (disk full, pipe closed) is dropped, and the run goes on; see
     * {@link #sinkFailure}.
     */
    public void flush() {
        TraceSink target = sink;
        if (target == null) {
            return;
        }
        try {
            for (; written < ring.next(); written++) {
                target.write(ring.event(written, clock));
            }
            target.flush();
        } catch (IOException error) {
            sink = null;
            remember(error);
            close(target);
        }
    }

    /** Why a sink was dropped, or null. */
    public @Nullable IOException sinkFailure() {
        return sinkFailure;
    }

    @Override
    public void close() {
        detach();
    }

    /** Called before every record: hands the full ring to the sink before its oldest unwritten event is overwritten. */
    private void makeRoom() {
        if (sink != null && ring.next() - written == EventRing.CAPACITY) {
            flush();
        }
    }

    private void close(@Nullable TraceSink target) {
        if (target != null) {
            try {
                target.close();
            } catch (IOException error) {
                remember(error);
            }
        }
    }

    private void remember(IOException error) {
        if (sinkFailure == null) {
            sinkFailure = error;
        }
    }

    private @Nullable VmTrace seen(int vm) {
        return vm + 1 < vms.length ? vms[vm + 1] : null;
    }

    private VmTrace vm(int vm) {
        int index = vm + 1;
        if (index >= vms.length) {
            vms = Arrays.copyOf(vms, index + 1);
        }
        VmTrace trace = vms[index];
        if (trace == null) {
            trace = new VmTrace();
            vms[index] = trace;
        }
        return trace;
    }
}
