package org.shyperlab.emulator.debug.aarch64;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.debug.PageWalk;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

/** Random registers over RAM that is full of random descriptors, so that every page is a table of something. */
class PageWalkPropertyTest {
    private static final int RAM_BYTES = 1 << 22;

    private final SplittableRandom random = new SplittableRandom(20261120);
    private final PhysicalMemory ram =
            new PhysicalMemory("ram", 0, Arena.ofAuto().allocate(RAM_BYTES, 4096));
    private final AddressSpace memory = new AddressSpace((core, source, format, arguments) -> {
        throw new AssertionError("a page walk reported a guest error: " + format);
    });

    PageWalkPropertyTest() {
        memory.addRam(ram);
    }

    @Test
    void theWalkAgreesWithTheNaiveModelOnRandomTables() {
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int round = 0; round < 40; round++) {
            for (long address = 0; address < RAM_BYTES; address += 8) {
                ram.write(address, 8, descriptor());
            }
            for (int i = 0; i < 2_000; i++) {
                A64TranslationRegisters registers = registers();
                long va = address(registers);
                Access access = Access.values()[random.nextInt(3)];
                boolean el0 = random.nextBoolean();
                PageWalk walk = PageWalk.explain(memory, registers, va, access, el0);
                NaiveTranslation naive = new NaiveTranslation(registers, at -> ram.read(at, 8));
                String expected = naive.translate(va, "rwx".charAt(access.ordinal()), el0);
                assertThat(result(walk))
                        .as(() -> registers + "\n" + String.join("\n", walk.lines()))
                        .isEqualTo(expected);
                outcomes.merge(
                        expected.split(" ")[0]
                                + (walk.outcome() instanceof Fault f ? f.stage() + " " + (f.code() & ~3) : ""),
                        1,
                        Integer::sum);
            }
        }
        // Success and five kinds of fault at each stage, each often enough to mean something.
        assertThat(outcomes)
                .hasSize(11)
                .allSatisfy((outcome, count) -> assertThat(count).isGreaterThan(100));
    }

    @Test
    void garbageNeverHangsOrThrows() {
        for (long address = 0; address < RAM_BYTES; address += 8) {
            ram.write(address, 8, random.nextLong());
        }
        for (int i = 0; i < 100_000; i++) {
            A64TranslationRegisters registers = new A64TranslationRegisters(
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong());
            PageWalk walk = PageWalk.explain(memory, registers, random.nextLong(), Access.READ, false);
            // Four levels of stage 1, each under four of stage 2, and four for the address itself.
            assertThat(walk.steps()).hasSizeLessThanOrEqualTo(24);
            assertThat(walk.lines()).hasSize(walk.steps().size() + 2).doesNotContainNull();
        }
    }

    @Test
    void aTableThatPointsAtItselfEndsAtLevelThree() {
        ram.write(0, 8, 0x403 | 1 << 6);
        A64TranslationRegisters registers = new A64TranslationRegisters(1, 5L << 32 | 16, 0, 0, 0, 0, 0, 0);
        PageWalk walk = PageWalk.explain(memory, registers, 0x123, Access.READ, false);
        assertThat(walk.steps()).extracting(PageWalk.Step::level).containsExactly(0, 1, 2, 3);
        assertThat(walk.outcome()).isEqualTo(new Mapped(0x123, 0x123, "ram"));
    }

    private static String result(PageWalk walk) {
        return switch (walk.outcome()) {
            case Mapped mapped -> "ok " + Long.toHexString(mapped.physicalAddress());
            case Fault fault ->
                "stage %d %02x %s %x".formatted(fault.stage(), fault.code(), fault.isInWalk(), fault.ipa());
        };
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private long descriptor() {
        long value = random.nextLong() & 0x003f_f000L | random.nextLong() & 0xbfcL | 1 << 10;
        if (oneIn(30)) {
            value &= ~(1L << 10);
        }
        if (!oneIn(4)) {
            value |= 0xc0; // most leaves may be read and written by somebody
        }
        value |= oneIn(20) ? random.nextInt(4) : oneIn(4) ? 1 : 3;
        if (oneIn(8)) {
            value |= random.nextLong() << 52;
        }
        if (oneIn(40)) {
            value |= 1L << random.nextInt(22, 48);
        }
        return oneIn(50) ? Long.reverseBytes(value) : value;
    }

    private A64TranslationRegisters registers() {
        long sctlr = (oneIn(10) ? 0 : 1) | (oneIn(4) ? 1 << 19 : 0) | (oneIn(20) ? 1 << 25 : 0);
        long tcr = random.nextInt(12, 42)
                | (long) random.nextInt(12, 42) << 16
                | (long) random.nextInt(4) << 14
                | (long) random.nextInt(4) << 30
                | (long) random.nextInt(8) << 32
                | (long) random.nextInt(4) << 37
                | (oneIn(20) ? 1 << 7 : 0)
                | (oneIn(20) ? 1 << 23 : 0);
        long hcr = (oneIn(3) ? 0 : 1) | (oneIn(4) ? 4 : 0) | (oneIn(30) ? 1 << 12 : 0);
        long vtcr = random.nextInt(14, 42)
                | (long) random.nextInt(oneIn(10) ? 4 : 3) << 6
                | (long) random.nextInt(4) << 14
                | (long) random.nextInt(8) << 16;
        return new A64TranslationRegisters(sctlr, tcr, base(), base(), random.nextLong(), hcr, vtcr, base());
    }

    private long base() {
        return random.nextInt(RAM_BYTES) & -4096L
                | (long) random.nextInt(256) << 48
                | (oneIn(30) ? 1L << random.nextInt(22, 48) : 0);
    }

    private long address(A64TranslationRegisters registers) {
        boolean high = random.nextBoolean();
        int size = 64 - (int) ((high ? registers.tcr() >>> 16 : registers.tcr()) & 63);
        long low = random.nextLong() >>> random.nextInt(oneIn(10) ? 64 : 65 - Math.min(size, 48), 65);
        if (oneIn(2)) {
            low &= 0x3f_ffff;
        }
        long va = high ? -1L << Math.min(size, 55) | low : low;
        return oneIn(4) ? va ^ random.nextLong() << 56 : va;
    }
}
