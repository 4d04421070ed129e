package org.shyperlab.emulator.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.engine.Engine;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;

/** A machine of RAM at 0x40000000 and cores, for tests that run a few instructions. */
final class TinyMachine implements AutoCloseable {
    static final long RAM = 0x4000_0000L;
    static final int HVC_0 = 0xd400_0002;
    static final int WFI = 0xd503_207f;
    static final int RET = 0xd65f_03c0;

    final A64Machine machine;
    final Trace trace = new Trace();
    final List<String> errors = new ArrayList<>();

    TinyMachine(int cores, Engine.Hooks hooks) {
        GuestErrors log = (core, source, format, arguments) -> errors.add(source + ": " + format.formatted(arguments));
        machine = new A64Machine(
                new MachineSpec("tiny", cores, 1_000_000_000L, 62_500_000L, 10_000, CostTable.FREE), log, trace, hooks);
        machine.addRam("ram", RAM, 16 << 20);
    }

    TinyMachine(int cores) {
        this(cores, Engine.Hooks.NATIVE);
    }

    /** Puts instruction words at RAM + {@code offset}. */
    TinyMachine code(long offset, int... words) {
        for (int i = 0; i < words.length; i++) {
            machine.bus().write(-1, RAM + offset + 4L * i, 4, words[i]);
        }
        return this;
    }

    /** Installs a monitor that starts core 0 at RAM and hands every trap to {@code handler}. */
    TinyMachine monitor(BiConsumer<A64Core, Trap> handler) {
        machine.install(new Monitor() {
            @Override
            public void start(Core core) {
                core.pc(RAM);
            }

            @Override
            public void trap(Core core, Trap trap) {
                handler.accept((A64Core) core, trap);
            }

            @Override
            public void interrupt(Core core) {
                throw new IllegalStateException("no interrupt is wired");
            }
        });
        return this;
    }

    StopReason run() {
        return machine.run(1_000_000_000L);
    }

    @Override
    public void close() {
        machine.close();
    }
}
