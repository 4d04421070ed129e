package org.shyperlab.emulator.device.plic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.RecordedErrors;

/** The PLIC against a model with one object per source and no bitmaps. */
class PlicFuzzTest {
    private static final int STEPS = 40_000;
    private static final int[] SIZES = {1, 2, 4, 8};

    /** A source as the specification tells it. */
    private static final class Source {
        private boolean wire;
        private boolean pending;
        private boolean gatewayShut;
        private int priority;

        private void request() {
            if (wire && !gatewayShut) {
                gatewayShut = true;
                pending = true;
            }
        }
    }

    private final RecordedErrors errors = new RecordedErrors();
    private final List<Source> sources = new ArrayList<>();

    private int best(boolean[] enabled) {
        int best = 0;
        for (int id = 1; id < sources.size(); id++) {
            Source source = sources.get(id);
            if (source.pending && enabled[id] && source.priority > (best == 0 ? 0 : sources.get(best).priority)) {
                best = id;
            }
        }
        return best;
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "32, 2, 2", "96, 8, 3", "511, 16, 4", "1023, 4, 5"})
    void behavesAsTheModel(int count, int contexts, long seed) {
        Random random = new Random(seed);
        boolean[] pins = new boolean[contexts];
        List<InterruptLine> lines = new ArrayList<>();
        for (int context = 0; context < contexts; context++) {
            int n = context;
            lines.add(high -> pins[n] = high);
        }
        Plic plic = new Plic("plic", count, 3, lines, errors);
        boolean[][] enabled = new boolean[contexts][count + 1];
        int[] thresholds = new int[contexts];
        for (int id = 0; id <= count; id++) {
            sources.add(new Source());
        }
        int claimed = 0;
        for (int step = 0; step < STEPS; step++) {
            int id = 1 + random.nextInt(count);
            Source source = sources.get(id);
            int context = random.nextInt(contexts);
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    source.wire = random.nextBoolean();
                    plic.source(id).set(source.wire);
                    source.request();
                }
                case 2 -> {
                    source.priority = random.nextInt(8);
                    plic.write(0, 4L * id, 4, source.priority);
                }
                case 3 -> {
                    int bits = random.nextInt();
                    int word = id / 32;
                    plic.write(0, 0x2000 + 0x80L * context + 4L * word, 4, bits);
                    for (int each = Math.max(1, word * 32); each <= Math.min(count, word * 32 + 31); each++) {
                        enabled[context][each] = (bits >>> each & 1) != 0;
                    }
                }
                case 4 -> {
                    thresholds[context] = random.nextInt(8);
                    plic.write(0, 0x20_0000 + 0x1000L * context, 4, thresholds[context]);
                }
                default -> claimed += claimAndMaybeComplete(plic, context, enabled[context], random);
            }
            for (int each = 0; each < contexts; each++) {
                int best = best(enabled[each]);
                assertThat(pins[each])
                        .as("pin %d at step %d", each, step)
                        .isEqualTo(best != 0 && sources.get(best).priority > thresholds[each]);
            }
            assertThat(plic.read(0, 0x1000 + 4L * (id / 32), 4) >>> (id & 31) & 1)
                    .isEqualTo(source.pending ? 1 : 0);
        }
        assertThat(claimed).isGreaterThan(STEPS / 100);
    }

    private int claimAndMaybeComplete(Plic plic, int context, boolean[] enabled, Random random) {
        long register = 0x20_0004 + 0x1000L * context;
        int expected = best(enabled);
        assertThat(plic.read(0, register, 4)).isEqualTo(expected);
        sources.get(expected).pending = false;
        int done = random.nextInt(4) == 0 ? random.nextInt(sources.size() + 5) : expected;
        plic.write(0, register, 4, done);
        if (done > 0 && done < sources.size() && enabled[done] && !sources.get(done).pending) {
            sources.get(done).gatewayShut = false;
            sources.get(done).request();
        }
        return expected == 0 ? 0 : 1;
    }

    @ParameterizedTest
    @CsvSource({"96, 4, 11", "511, 16, 12"})
    void wildAccessesNeverThrow(int count, int contexts, long seed) {
        Random random = new Random(seed);
        List<InterruptLine> lines = new ArrayList<>();
        for (int context = 0; context < contexts; context++) {
            lines.add(InterruptLine.UNCONNECTED);
        }
        Plic plic = new Plic("plic", count, 3, lines, errors);
        int[] starts = {0, 0x1000, 0x2000, 0x20_0000, 0x20_1000, 0x5f_f000};
        for (int step = 0; step < 100_000; step++) {
            int size = SIZES[random.nextInt(4)];
            long offset = starts[random.nextInt(starts.length)] + random.nextInt(0x800);
            plic.source(1 + random.nextInt(count)).set(random.nextBoolean());
            plic.write(random.nextInt(3) - 1, offset & -size, size, random.nextLong());
            plic.read(random.nextInt(3) - 1, offset, size);
            errors.clear();
        }
        plic.reset();
        assertThat(plic.read(0, 0x20_0000, 4)).isZero();
    }
}
