package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.engine.Engine;

/** Random RV64 guests: whatever they execute, the process lives, time goes on, and the same guest does the same twice. */
class HostileHartsTest {
    private static final int GUESTS = 60;
    private static final long CYCLES = 60_000;
    private static final int WORDS = 1024;

    /** Major opcodes with what the rest of the word may be: loads, stores, atomics, branches, CSRs, floating point. */
    private static final int[] OPCODES = {
        0x03, 0x07, 0x0f, 0x13, 0x17, 0x1b, 0x23, 0x27, 0x2f, 0x33, 0x37, 0x3b, 0x43, 0x53, 0x63, 0x67, 0x6f, 0x73
    };

    private static final int[] CSRS = {
        0x001, 0x003, 0x100, 0x104, 0x105, 0x106, 0x10a, 0x140, 0x141, 0x142, 0x143, 0x144, 0x14d, 0x150, 0x151, 0x15c,
        0x180, 0xc00, 0xc01, 0xc02, 0xdb0, 0x200, 0x280, 0x300, 0x301, 0x304, 0x340, 0x3a0, 0x3b0, 0x600, 0x680, 0x7a0,
        0xf14
    };

    private static int word(Random random) {
        int anything = random.nextInt();
        return switch (random.nextInt(8)) {
            case 0 -> anything;
            case 1 ->
                CSRS[random.nextInt(CSRS.length)] << 20 | anything & 0x000f_8f80 | 1 + random.nextInt(3) << 12 | 0x73;
            case 2 ->
                new int[] {0x73, 0x0010_0073, 0x1020_0073, 0x1050_0073, 0x1200_0073, 0x100f, 0x3020_0073}
                        [random.nextInt(7)];
            default -> anything & ~0x7f | OPCODES[random.nextInt(OPCODES.length)];
        };
    }

    private static void fill(TinyHarts tiny, long seed) {
        Random random = new Random(seed);
        int[] words = new int[WORDS];
        for (int i = 0; i < words.length; i++) {
            words[i] = word(random);
        }
        tiny.code(0, words);
    }

    /** Registers that point into RAM, to code, to a device hole and to nowhere. */
    private static void setRegisters(Rv64Core core, long seed) {
        Random random = new Random(seed);
        for (int n = 1; n < 32; n++) {
            core.x(
                    n,
                    switch (random.nextInt(4)) {
                        case 0 -> TinyHarts.RAM + random.nextInt(4096);
                        case 1 -> TinyHarts.RAM + random.nextInt(TinyHarts.RAM_SIZE);
                        case 2 -> random.nextInt();
                        default -> random.nextLong();
                    });
        }
        core.set(Csr.VSTVEC, TinyHarts.RAM + (random.nextInt(2048) & ~3));
    }

    private static String underMonitor(long seed, Engine.Hooks hooks) {
        StringBuilder story = new StringBuilder();
        try (TinyHarts tiny = new TinyHarts(1, hooks)) {
            fill(tiny, seed);
            tiny.monitor(
                    core -> {
                        core.set(Csr.HEDELEG, seed % 3 == 0 ? 0xb1ff : 0xb100);
                        core.set(Csr.HIDELEG, 0x444);
                        core.set(Csr.HCOUNTEREN, seed & 7);
                        core.set(Csr.HSTATUS, (seed & 7) << 20);
                        setRegisters(core, seed);
                    },
                    (core, trap) -> {
                        story.append(trap.kind().label())
                                .append(' ')
                                .append(Long.toHexString(core.pc()))
                                .append('\n');
                        core.skip();
                    });
            StopReason reason = tiny.machine.run(CYCLES);
            Rv64Core core = tiny.machine.core(0);
            story.append(reason)
                    .append(' ')
                    .append(core.instructions())
                    .append(' ')
                    .append(Long.toHexString(core.pc()));
            for (int n = 0; n < 32; n++) {
                story.append(' ').append(Long.toHexString(core.x(n)));
            }
        }
        return story.toString();
    }

    @Test
    void aRandomGuestDoesTheSameTwiceAndWithBothKindsOfHooks() {
        int longStories = 0;
        for (long seed = 0; seed < GUESTS; seed++) {
            String first = underMonitor(seed, Engine.Hooks.NATIVE);
            assertThat(underMonitor(seed, Engine.Hooks.NATIVE))
                    .as("guest %d, again", seed)
                    .isEqualTo(first);
            if (seed % 10 == 0) {
                assertThat(underMonitor(seed, Engine.Hooks.JAVA))
                        .as("guest %d with Java hooks", seed)
                        .isEqualTo(first);
            }
            longStories += first.length() > 1000 ? 1 : 0;
        }
        assertThat(longStories).isGreaterThan(GUESTS / 10);
    }

    @Test
    void aRandomNativeSystemEndsByItselfOrByItsLimit() {
        int[] reasons = new int[StopReason.values().length];
        for (long seed = 0; seed < GUESTS; seed++) {
            try (TinyHarts tiny = new TinyHarts(2)) {
                fill(tiny, seed);
                long chosen = seed;
                tiny.machine.bootNatively(TinyHarts.RAM, 0);
                tiny.machine.run(1);
                setRegisters(tiny.machine.core(0), chosen);
                reasons[tiny.machine.run(CYCLES).ordinal()]++;
            }
        }
        assertThat(reasons[StopReason.LIMIT.ordinal()]).isGreaterThan(GUESTS / 4);
        assertThat(reasons[StopReason.GUEST_FAILURE.ordinal()]).isZero();
    }
}
