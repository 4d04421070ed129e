package org.shyperlab.emulator.core.riscv64;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;
import org.shyperlab.emulator.trace.GuestErrors;

/** The walker against {@link SlowTranslation} over random tables: the same outcomes, and the same accessed and dirty bits. */
class TwoStageWalkerPropertyTest {
    private static final long RAM = 0x8000_0000L;
    private static final int PAGES = 48;
    private static final long LIMIT = 1L << 40;
    private static final int WORLDS = 3_000;
    private static final int ACCESSES = 60;

    private final GuestErrors errors = (core, source, format, arguments) -> {
        throw new AssertionError(source + ": " + format.formatted(arguments));
    };

    @Test
    void everyOutcomeOnRandomTablesIsThatOfTheSlowModel() {
        int[] outcomes = new int[32];
        int implicit = 0;
        for (int seed = 0; seed < WORLDS; seed++) {
            Random random = new Random(seed);
            try (Arena arena = Arena.ofConfined()) {
                AddressSpace bus = new AddressSpace(errors);
                PhysicalMemory ram = new PhysicalMemory("ram", RAM, arena.allocate(PAGES * 4096L, 4096));
                bus.addRam(ram);
                SlowTranslation model = new SlowTranslation(RAM, PAGES * 4096L, LIMIT);
                TwoStageWalker walker = new TwoStageWalker(bus, LIMIT);
                build(random, model, ram);
                walker.secondStage(model.hgatp);
                walker.secondStageReadsExecutable(model.hostMxr);
                long status = (model.sum ? 1 << 18 : 0) | (model.guestMxr ? 1 << 19 : 0);
                for (int n = 0; n < ACCESSES; n++) {
                    Access access = Access.values()[random.nextInt(4)];
                    long address = address(random);
                    SlowTranslation.Outcome expected = model.translate(address, access);
                    boolean allowed = walker.translate(address, access, model.userMode ? 0 : 1, model.satp, status);
                    SlowTranslation.Outcome real = new SlowTranslation.Outcome(
                            walker.cause(),
                            allowed ? walker.physical() : walker.guestPhysical(),
                            walker.implicitInstruction());
                    assertThat(real)
                            .as("seed %d, access %d: %s of 0x%x", seed, n, access, address)
                            .isEqualTo(expected);
                    assertThat(allowed).isEqualTo(expected.cause() == 0);
                    if (allowed) {
                        assertThat(walker.permissions() & access.permission()).isNotZero();
                    }
                    outcomes[expected.cause()]++;
                    implicit += expected.instruction() != 0 ? 1 : 0;
                }
                for (Map.Entry<Long, Long> word : model.memory.entrySet()) {
                    assertThat(ram.read(word.getKey(), 8))
                            .as("seed %d, entry at 0x%x", seed, word.getKey())
                            .isEqualTo(word.getValue());
                }
            }
        }
        for (int cause : new int[] {0, 1, 5, 7, 12, 13, 15, 20, 21, 23}) {
            assertThat(outcomes[cause])
                    .as("random accesses that ended with %d in %s", cause, Arrays.toString(outcomes))
                    .isGreaterThan(100);
        }
        assertThat(implicit).isGreaterThan(1000);
    }

    /** Few distinct addresses, so that the random tables are walked to the end: low indexes at every level. */
    private static long address(Random random) {
        long address = random.nextInt(1 << 14);
        for (int level = 1; level < 5; level++) {
            address |= (long) random.nextInt(2) << 12 + 9 * level;
        }
        address |= (long) random.nextInt(3) << 12;
        return switch (random.nextInt(12)) {
            case 0 -> address | 1L << 38 + 9 * random.nextInt(3);
            case 1 -> address ^ -1L << 38 + 9 * random.nextInt(3);
            default -> address;
        };
    }

    /** First stage in guest memory at guest physical 0.., which the second stage maps to RAM where it can. */
    private static void build(Random random, SlowTranslation model, PhysicalMemory ram) {
        boolean guest = random.nextInt(4) != 0;
        model.userMode = random.nextBoolean();
        model.sum = random.nextBoolean();
        model.guestMxr = random.nextBoolean();
        model.hostMxr = guest && random.nextBoolean();
        int mode = random.nextInt(6) == 0 ? 0 : 8 + random.nextInt(3);
        long tables = RAM >>> 12;
        model.satp = mode == 0 ? 0 : (long) mode << 60 | tables + 16 + random.nextInt(8);
        model.hgatp = guest ? (8L + random.nextInt(2)) << 60 | tables : 0;
        for (int page = 0; page < PAGES; page++) {
            for (int index = 0; index < 4; index++) {
                put(model, ram, RAM + page * 4096L + index * 8L, entry(random, page >= 16));
            }
            // Guest physical RAM begins at index 2 of a root that covers GiBs.
            put(model, ram, RAM + page * 4096L + 8 * 16, entry(random, page >= 16));
        }
        if (guest && random.nextInt(5) != 0) {
            // A useful G stage: identity for the RAM, so that first-stage tables are found.
            long flags = random.nextInt(4) == 0 ? 0x5b : 0xdf;
            long root = model.hgatp >>> 60 == 8 ? RAM : RAM + 4096 * 4;
            put(model, ram, root + 8 * 2, RAM >>> 12 << 10 | flags);
            if (root != RAM) {
                put(model, ram, RAM, root >>> 12 << 10 | 1);
            }
        }
    }

    private static long entry(Random random, boolean firstStage) {
        long number = (RAM >>> 12) + (firstStage ? 16 + random.nextInt(PAGES - 16) : random.nextInt(PAGES));
        long entry = number << 10 | 1;
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> {} // a pointer
            case 4 -> entry |= random.nextInt(256);
            case 5 -> entry |= 1L << random.nextInt(64);
            case 6 -> entry = (number & ~15 | 8) << 10 | 1L << 63 | 0xdf;
            case 7 -> entry = (number & ~0x3_ffffL) << 10 | 0x1f | (long) random.nextInt(4) << 6;
            case 8 -> entry = (long) random.nextInt(1 << 30) << 10 << random.nextInt(14) | 0xdf;
            default -> entry |= random.nextInt(16) << 1 | 0x10;
        }
        return random.nextInt(16) == 0 ? 0 : entry;
    }

    private static void put(SlowTranslation model, PhysicalMemory ram, long address, long value) {
        model.memory.put(address, value);
        ram.write(address, 8, value);
    }
}
