package org.shyperlab.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.shyperlab.emulator.core.aarch64.A64Context;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.hypervisor.Hypervisor;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.memory.aarch64.GuestMemory;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;

/** Work of the hypervisor that no single trap shows: register files in and out of a core, table walks on a guest's behalf. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HypervisorBench {
    private static final long MILLISECOND = 1_000_000;

    private final A64BenchBoard board = A64BenchBoard.plain();
    private final Hypervisor hypervisor = board.bootUnderHypervisor(
            EmulatedDeviceType.GICD, board.image("bench"), new TracingListener(board.trace()));
    private final GuestMemory memory = ((A64Vm) hypervisor.vms().get(0)).memory();
    private final A64Core core = board.machine().core(0);
    private final A64Context context = core.newContext();

    /** The guest runs for a while, so that its MMU is on. */
    @Setup
    public void boot() {
        board.machine().run(MILLISECOND / 10);
        core.save(context);
    }

    /** Physical address of guest RAM through stage 2. */
    @Benchmark
    public long stageTwoWalk() {
        return memory.physical(A64BenchBoard.ENTRY, 4);
    }

    /** Both stages: the virtual address of the guest's code. */
    @Benchmark
    public long walkOfBothStages() {
        return memory.physical(memory.translate(core, A64BenchBoard.ENTRY), 4);
    }

    /** A vCPU's registers out of a core. */
    @Benchmark
    public void save() {
        core.save(context);
    }

    /** A vCPU's registers into a core. */
    @Benchmark
    public void load() {
        core.load(context);
    }

    /** TLBI VMALLS12E1IS. */
    @Benchmark
    public void invalidateTranslations() {
        core.invalidateTranslations();
    }

    @TearDown
    public void close() {
        board.close();
    }
}
