package org.shyperlab.hypervisor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.shyperlab.hypervisor.memory.StageTwo.Attributes;

/** Maps and unmaps at random, and compares the table with a map of pages after each step. */
public final class RandomMappings {
    private static final long PAGE = StageTwo.PAGE;
    private static final long BLOCK = StageTwo.BLOCK;
    private static final int STEPS = 120;
    private static final int PROBES = 20;

    private final Random random;
    private final StageTwo table;
    private final int ipaBits;
    private final boolean blocks;
    private final TreeMap<Long, Long> model = new TreeMap<>();

    /**
     * An address that was looked up.
     *
     * @param ipa may be outside of what the table translates
     * @param physical what it must translate to, or {@link StageTwo#UNMAPPED}
     */
    public record Probe(long ipa, long physical) {}

    /** Mappings in {@code table}, which must be empty; RAM is that of {@link Ram}. */
    public RandomMappings(long seed, StageTwo table, int ipaBits, boolean blocks) {
        random = new Random(seed);
        this.table = table;
        this.ipaBits = ipaBits;
        this.blocks = blocks;
    }

    /** Does all steps and hands every address that was looked up to {@code alsoCheck}; the number of pages mapped at the end. */
    public int run(Consumer<Probe> alsoCheck) {
        long[] corners = {0, 1L << 30, (1L << 38) - 8 * BLOCK, (1L << ipaBits) - 16 * BLOCK};
        for (int step = 0; step < STEPS; step++) {
            long ipa = corners[random.nextInt(corners.length)] + random.nextInt(8 * 512) * PAGE;
            long length = (1 + (random.nextBoolean() ? random.nextInt(4) : random.nextInt(1200))) * PAGE;
            if (random.nextInt(3) == 0) {
                ipa &= -BLOCK;
                length = length + BLOCK - 1 & -BLOCK;
            }
            change(ipa, length);
            for (int probe = 0; probe < PROBES; probe++) {
                check(ipa - 4 * PAGE + (long) (random.nextDouble() * (length + 8 * PAGE)), alsoCheck);
            }
        }
        return model.size();
    }

    private void change(long ipa, long length) {
        long physical = Ram.BASE + 0x100_0000 + (ipa % (16 * BLOCK)) + random.nextInt(2) * PAGE;
        if (random.nextInt(3) == 0) {
            table.unmap(ipa, length);
            model.subMap(ipa, ipa + length).clear();
        } else if (model.subMap(ipa, ipa + length).isEmpty()) {
            table.map(ipa, physical, length, Attributes.NORMAL, blocks);
            for (long offset = 0; offset < length; offset += PAGE) {
                model.put(ipa + offset, physical + offset);
            }
        }
    }

    private void check(long at, Consumer<Probe> alsoCheck) {
        Long page = at < 0 ? null : model.get(at & -PAGE);
        long expected = page == null ? StageTwo.UNMAPPED : page + (at & 0xfff);
        assertThat(table.translate(at)).as("0x%x", at).isEqualTo(expected);
        assertThat(table.walk(at).physical()).as("0x%x", at).isEqualTo(expected);
        alsoCheck.accept(new Probe(at, expected));
    }
}
