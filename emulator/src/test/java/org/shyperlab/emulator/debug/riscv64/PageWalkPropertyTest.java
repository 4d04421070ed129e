package org.shyperlab.emulator.debug.riscv64;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.riscv64.RandomTables;
import org.shyperlab.emulator.core.riscv64.TwoStageWalker;
import org.shyperlab.emulator.debug.PageWalk;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

/** The walk that is explained against the walk that the harts do, over random tables and registers. */
class PageWalkPropertyTest {
    private static final long RAM = 0x8000_0000L;
    private static final int PAGES = 48;
    private static final long LIMIT = 1L << 40;
    private static final int WORLDS = 3_000;
    private static final int ACCESSES = 40;

    private final PhysicalMemory ram =
            new PhysicalMemory("ram", RAM, Arena.ofAuto().allocate(PAGES * 4096L, 4096));
    private final AddressSpace memory = new AddressSpace((core, source, format, arguments) -> {
        throw new AssertionError("a page walk reported a guest error: " + format);
    });

    PageWalkPropertyTest() {
        memory.addRam(ram);
    }

    @Test
    void theExplainedWalkEndsAsTheHartsOwnWalk() {
        Map<String, Integer> outcomes = new TreeMap<>();
        TwoStageWalker walker = new TwoStageWalker(memory, LIMIT);
        for (int seed = 0; seed < WORLDS; seed++) {
            Random random = new Random(seed);
            RandomTables tables = new RandomTables(random, RAM, PAGES);
            tables.memory.forEach((address, value) -> ram.write(address, 8, value));
            walker.secondStage(tables.hgatp);
            walker.secondStageReadsExecutable(tables.hostMxr);
            Rv64TranslationRegisters registers = new Rv64TranslationRegisters(
                    tables.hostMxr ? 1 << 19 : 0, 0, tables.hgatp, tables.status(), tables.satp, 0, 0, LIMIT);
            for (int n = 0; n < ACCESSES; n++) {
                Access access = Access.values()[random.nextInt(3)];
                long address = RandomTables.address(random);
                // First the explanation: the hart's walk may set A and D bits.
                PageWalk walk = PageWalk.explain(memory, registers, address, access, tables.userMode);
                boolean allowed = walker.translate(
                        address, Rv64Terms.accessOf(access), tables.userMode ? 0 : 1, tables.satp, tables.status());
                String expected = allowed
                        ? "ok %x".formatted(walker.physical())
                        : "%d %x %x".formatted(walker.cause(), walker.guestPhysical(), walker.implicitInstruction());
                assertThat(result(walk))
                        .as(() -> registers + "\n" + String.join("\n", walk.lines()))
                        .isEqualTo(expected);
                String[] words = expected.split(" ");
                outcomes.merge(allowed ? "ok" : words[0] + (words[2].equals("0") ? "" : " implicit"), 1, Integer::sum);
            }
        }
        // Success, three kinds of fault for three kinds of access, and implicit accesses of each.
        assertThat(outcomes)
                .hasSize(1 + 3 * 3 + 3)
                .allSatisfy((outcome, count) -> assertThat(count).as(outcome).isGreaterThan(100));
    }

    private static String result(PageWalk walk) {
        return switch (walk.outcome()) {
            case Mapped mapped -> "ok %x".formatted(mapped.physicalAddress());
            case Fault fault -> {
                boolean tellsGuestPhysical = fault.code() >= 20;
                yield "%d %x %x"
                        .formatted(
                                fault.code(),
                                tellsGuestPhysical ? fault.ipa() : 0,
                                tellsGuestPhysical ? Rv64Terms.pseudoInstruction(fault) : 0);
            }
        };
    }

    @Test
    void garbageNeverHangsOrThrows() {
        SplittableRandom random = new SplittableRandom(20261120);
        for (long address = RAM; address < RAM + PAGES * 4096L; address += 8) {
            // Most entries are pointers and leaves into RAM, so that walks go deep.
            long number = (RAM >>> 12) + random.nextInt(PAGES);
            int choice = random.nextInt(10);
            ram.write(address, 8, choice < 6 ? number << 10 | 1 : choice < 9 ? number << 10 | 0xdf : random.nextLong());
        }
        int deepest = 0;
        for (int i = 0; i < 100_000; i++) {
            Rv64TranslationRegisters registers = new Rv64TranslationRegisters(
                    random.nextLong(),
                    random.nextLong(),
                    root(random),
                    random.nextLong(),
                    root(random),
                    random.nextLong(),
                    random.nextInt(),
                    random.nextLong());
            Access access = Access.values()[random.nextInt(3)];
            long address = random.nextLong() >> random.nextInt(64);
            PageWalk walk = PageWalk.explain(memory, registers, address, access, random.nextBoolean());
            // Five levels of VS-stage, each under four of G-stage, four for writing A and D, four for the address.
            assertThat(walk.steps()).hasSizeLessThanOrEqualTo(5 * 5 + 4 + 4);
            assertThat(walk.lines()).hasSize(walk.steps().size() + 2).doesNotContainNull();
            assertThat(registers.trap(random.nextInt())).isNotBlank();
            assertThat(registers.state(random.nextLong())).hasSize(2);
            deepest = Math.max(deepest, walk.steps().size());
        }
        assertThat(deepest).isGreaterThan(8);
    }

    private static long root(SplittableRandom random) {
        return random.nextInt(4) == 0
                ? random.nextLong()
                : (8L + random.nextInt(3)) << 60 | (RAM >>> 12) + random.nextInt(PAGES);
    }
}
