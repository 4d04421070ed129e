package org.shyperlab.benchmarks;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.emulator.engine.A64Engine;
import org.shyperlab.emulator.engine.EngineClient;

/** What exact instruction counting costs: one core without a machine runs the compute loop with each kind of block hook, and none. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class CountingBench implements EngineClient {
    /** How instructions are counted. */
    public enum Counting {
        /** Not at all. */
        NONE("free run: no block hook"),
        /** As always. */
        MACHINE_CODE("counted by machine code (what runs)"),
        /** As on hosts without stubs. */
        JAVA("counted in Java (hosts without stubs)");

        private final String title;

        Counting(String title) {
            this.title = title;
        }

        /** For tables. */
        String title() {
            return title;
        }
    }

    static final int INSTRUCTIONS = 8;
    private static final int ROUNDS = 100_000;
    private static final long CODE = 0x4000_0000L;
    private static final long BYTES = 1 << 20;

    /** The bench guest's compute loop, and an HVC that ends it. */
    private static final int[] LOOP = {
        0x9b02_0021, // madd x1, x1, x2, x0
        0xca41_1c23, // eor x3, x1, x1, lsr #7
        0x8b03_0442, // add x2, x2, x3, lsl #1
        0xb240_0042, // orr x2, x2, #1
        0x93c1_3421, // ror x1, x1, #13
        0xcb01_0063, // sub x3, x3, x1
        0xf100_0400, // subs x0, x0, #1
        0x54ff_ff21, // b.ne -28
        0xd400_0002, // hvc #0
    };

    @Param
    Counting counting;

    private final Arena arena = Arena.ofShared();
    private A64Engine engine;

    /** Loads the loop. */
    @Setup
    public void load() {
        MemorySegment ram = arena.allocate(BYTES, 4096);
        MemorySegment.copy(LOOP, 0, ram, JAVA_INT, 0, LOOP.length);
        engine = new A64Engine(this, 1, counting == Counting.JAVA ? A64Engine.Hooks.JAVA : A64Engine.Hooks.NATIVE);
        if (counting == Counting.NONE) {
            engine.stopCounting();
        }
        engine.mapRam(CODE, ram);
        engine.registers().set(SysReg.SCR_EL3, 0x501); // NS, HCE, RW: there is an EL2 for the HVC
        engine.registers().pstate(0x3c5);
        engine.limit(-1);
    }

    /** {@value #ROUNDS} rounds. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public int round() {
        engine.registers().x(0, ROUNDS);
        engine.registers().pc(CODE);
        return engine.run();
    }

    @TearDown
    public void close() {
        engine.close();
        arena.close();
    }

    @Override
    public void exception() {
        engine.stop();
    }

    @Override
    public void limitReached() {
        throw new IllegalStateException("there is no limit");
    }

    @Override
    public long deviceRead(int window, long offset, int size) {
        throw new IllegalStateException("there are no devices");
    }

    @Override
    public void deviceWrite(int window, long offset, int size, long value) {
        throw new IllegalStateException("there are no devices");
    }

    @Override
    public long registerRead(int register) {
        throw new IllegalStateException("no register is intercepted");
    }

    @Override
    public void registerWrite(int register, long value) {
        throw new IllegalStateException("no register is intercepted");
    }
}
