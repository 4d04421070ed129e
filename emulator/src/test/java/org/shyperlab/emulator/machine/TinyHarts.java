package org.shyperlab.emulator.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.engine.Engine;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;

/** A machine of RAM at 0x80000000 and RV64 harts, for tests that run a few instructions. */
final class TinyHarts implements AutoCloseable {
    static final long RAM = 0x8000_0000L;
    static final int RAM_SIZE = 16 << 20;
    static final int ECALL = 0x0000_0073;
    static final int WFI = 0x1050_0073;
    static final int SRET = 0x1020_0073;
    static final int JUMP_TO_SELF = 0x0000_006f;

    final Rv64Machine machine;
    final List<String> errors = new ArrayList<>();
    private BiConsumer<Rv64Core, Trap> handler = (core, trap) -> {};
    private java.util.function.Consumer<Rv64Core> interruptHandler = core -> {
        throw new IllegalStateException("no interrupt is wired");
    };

    TinyHarts(int harts, Engine.Hooks hooks) {
        GuestErrors log = (core, source, format, arguments) -> errors.add(source + ": " + format.formatted(arguments));
        machine = new Rv64Machine(
                new MachineSpec("tiny", harts, 1_000_000_000L, 10_000_000L, 10_000, CostTable.FREE),
                log,
                new Trace(),
                hooks);
        machine.addRam("ram", RAM, RAM_SIZE);
    }

    TinyHarts(int harts) {
        this(harts, Engine.Hooks.NATIVE);
    }

    /** Puts instruction words at RAM + {@code offset}. */
    TinyHarts code(long offset, int... words) {
        for (int i = 0; i < words.length; i++) {
            machine.bus().write(-1, RAM + offset + 4L * i, 4, words[i]);
        }
        return this;
    }

    /** Puts halfwords at RAM + {@code offset}: compressed instructions. */
    TinyHarts parcels(long offset, int... parcels) {
        for (int i = 0; i < parcels.length; i++) {
            machine.bus().write(-1, RAM + offset + 2L * i, 2, parcels[i]);
        }
        return this;
    }

    /** Installs a monitor that starts hart 0 at RAM and hands every trap to {@code newHandler}. */
    TinyHarts monitor(BiConsumer<Rv64Core, Trap> newHandler) {
        return monitor(core -> {}, newHandler);
    }

    /** As the other, with something to do before the guest starts. */
    TinyHarts monitor(java.util.function.Consumer<Rv64Core> first, BiConsumer<Rv64Core, Trap> newHandler) {
        handler = newHandler;
        machine.install(new Monitor() {
            @Override
            public void start(Core core) {
                core.pc(RAM);
                first.accept((Rv64Core) core);
            }

            @Override
            public void trap(Core core, Trap trap) {
                handler.accept((Rv64Core) core, trap);
            }

            @Override
            public void interrupt(Core core) {
                interruptHandler.accept((Rv64Core) core);
            }
        });
        return this;
    }

    TinyHarts onInterrupt(java.util.function.Consumer<Rv64Core> newHandler) {
        interruptHandler = newHandler;
        return this;
    }

    /** The run ends. */
    void stop() {
        machine.requestStop(StopReason.CONDITION_MET);
    }

    StopReason run() {
        return machine.run(1_000_000_000L);
    }

    @Override
    public void close() {
        machine.close();
    }
}
