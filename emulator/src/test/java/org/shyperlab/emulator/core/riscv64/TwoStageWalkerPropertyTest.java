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
                RandomTables tables = new RandomTables(random, RAM, PAGES);
                tables.memory.forEach((address, value) -> ram.write(address, 8, value));
                model.memory.putAll(tables.memory);
                model.satp = tables.satp;
                model.hgatp = tables.hgatp;
                model.sum = tables.sum;
                model.guestMxr = tables.guestMxr;
                model.hostMxr = tables.hostMxr;
                model.userMode = tables.userMode;
                walker.secondStage(tables.hgatp);
                walker.secondStageReadsExecutable(tables.hostMxr);
                for (int n = 0; n < ACCESSES; n++) {
                    Access access = Access.values()[random.nextInt(4)];
                    long address = RandomTables.address(random);
                    SlowTranslation.Outcome expected = model.translate(address, access);
                    boolean allowed =
                            walker.translate(address, access, model.userMode ? 0 : 1, tables.satp, tables.status());
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
}
