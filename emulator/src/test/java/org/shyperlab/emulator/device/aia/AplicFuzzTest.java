package org.shyperlab.emulator.device.aia;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.RecordedErrors;

/** The supervisor domain of an APLIC against a model that follows AIA 4.7 to 4.9 source by source, without bitmaps. */
class AplicFuzzTest {
    private static final int STEPS = 60_000;
    private static final int HARTS = 3;
    private static final int[] SIZES = {1, 2, 4, 8};
    private static final int[] MODES = {0, 1, 4, 5, 6, 7};

    /** A source as the specification tells it. */
    private static final class Source {
        private boolean wire;
        private boolean delegated;
        private int mode;
        private boolean pending;
        private boolean enabled;
        private int target;

        private boolean rectified() {
            return switch (mode) {
                case 4, 6 -> wire;
                case 5, 7 -> !wire;
                default -> false;
            };
        }

        private boolean isLevel() {
            return mode == 6 || mode == 7;
        }

        private void mode(int newMode, boolean messages) {
            if (!delegated || newMode == 0) {
                mode = 0;
                pending = false;
                enabled = false;
                target = 0;
                return;
            }
            target = mode == 0 ? (messages ? 0 : 1) : target;
            mode = newMode;
            pending = isLevel() ? rectified() : pending;
        }
    }

    private final RecordedErrors errors = new RecordedErrors();
    private final boolean[] pins = new boolean[HARTS];
    private final List<Long> sent = new ArrayList<>();
    private final List<Long> expected = new ArrayList<>();
    private final List<Source> sources = new ArrayList<>();
    private boolean enable;
    private boolean messages;
    private final boolean[] delivers = new boolean[HARTS];
    private final boolean[] forced = new boolean[HARTS];
    private final int[] thresholds = new int[HARTS];

    private static long message(int target) {
        return 0x2800_0000L + (target >>> 18) % 4 * 0x4000L + (target >>> 12 & 63) * 0x1000L
                | (long) (target & 0xff) << 48;
    }

    /** Sends what is to be sent. */
    private void settle(int id) {
        Source source = sources.get(id);
        if (messages && enable && source.pending && source.enabled) {
            expected.add(message(source.target));
            source.pending = false;
        }
    }

    private int top(int hart) {
        int top = 0;
        int best = 256;
        for (int id = 1; id < sources.size(); id++) {
            Source source = sources.get(id);
            int priority = source.target & 0xff;
            boolean counts = source.pending
                    && source.enabled
                    && source.target >>> 18 == hart
                    && (thresholds[hart] == 0 || priority < thresholds[hart]);
            if (counts && priority < best) {
                best = priority;
                top = id << 16 | priority;
            }
        }
        return top;
    }

    private Aplic aplic(int count) {
        InterruptLine[] lines = new InterruptLine[HARTS];
        InterruptLine[] unconnected = new InterruptLine[HARTS];
        for (int hart = 0; hart < HARTS; hart++) {
            int index = hart;
            lines[hart] = high -> pins[index] = high;
            unconnected[hart] = InterruptLine.UNCONNECTED;
        }
        return new Aplic(
                "aplic",
                new Aplic.Parameters(count, 3, 8),
                unconnected,
                lines,
                (address, data) -> sent.add(address | (long) data << 48),
                errors);
    }

    @ParameterizedTest
    @CsvSource({"5, 1", "31, 2", "96, 3", "600, 4"})
    void behavesAsTheModel(int count, long seed) {
        Random random = new Random(seed);
        Aplic aplic = aplic(count);
        Device root = aplic.machineDomain();
        Device child = aplic.supervisorDomain();
        root.write(0, 0x1bc4, 4, 2 << 12);
        root.write(0, 0x1bc8, 4, 0x2_8000);
        root.write(0, 0x1bcc, 4, 2 << 20);
        for (int id = 0; id <= count; id++) {
            sources.add(new Source());
        }
        int claimed = 0;
        int delivered = 0;
        int asserted = 0;
        for (int step = 0; step < STEPS; step++) {
            int id = 1 + random.nextInt(count);
            Source source = sources.get(id);
            int hart = random.nextInt(HARTS);
            switch (random.nextInt(11)) {
                case 0, 1 -> driveWire(aplic, source, id, random.nextBoolean());
                case 2 -> delegate(root, source, id, random.nextInt(8) != 0);
                case 3 -> {
                    int mode = MODES[random.nextInt(MODES.length)];
                    child.write(0, 4L * id, 4, mode);
                    source.mode(mode, messages);
                }
                case 4 -> {
                    boolean on = random.nextInt(4) != 0;
                    child.write(0, on ? 0x1edc : 0x1fdc, 4, id);
                    source.enabled = source.mode == 0 ? false : on;
                }
                case 5 -> {
                    child.write(0, 0x1cdc, 4, id);
                    boolean can = source.mode != 0 && (!source.isLevel() || messages && source.rectified());
                    source.pending |= can;
                }
                case 6 -> {
                    child.write(0, 0x1ddc, 4, id);
                    source.pending &= source.isLevel() && !messages;
                }
                case 7 -> {
                    int value = random.nextInt(HARTS + 1) << 18 | random.nextInt(4) << 12 | random.nextInt(256);
                    child.write(0, 0x3000 + 4L * id, 4, value);
                    int direct = value & 0xfffc_0000 | Math.max(1, value & 7);
                    source.target = source.mode == 0 ? 0 : messages ? value & 0xffff_f0ff : direct;
                }
                case 8 -> {
                    delivers[hart] = random.nextInt(4) != 0;
                    thresholds[hart] = random.nextInt(3) == 0 ? random.nextInt(8) : 0;
                    forced[hart] = random.nextInt(16) == 0;
                    child.write(0, 0x4000 + 32L * hart, 4, delivers[hart] ? 1 : 0);
                    child.write(0, 0x4004 + 32L * hart, 4, forced[hart] ? 1 : 0);
                    child.write(0, 0x4008 + 32L * hart, 4, thresholds[hart]);
                }
                case 9 -> configureDomain(child, random);
                default -> claimed += claim(child, hart);
            }
            settle(id);
            assertThat(sent).as("messages at step %d", step).isEqualTo(expected);
            delivered += sent.size();
            sent.clear();
            expected.clear();
            long bit = child.read(0, 0x1c00 + 4L * (id / 32), 4) >>> (id & 31) & 1;
            assertThat(bit).as("pending bit of %d at step %d", id, step).isEqualTo(source.pending ? 1 : 0);
            for (int each = 0; each < HARTS; each++) {
                boolean pin = !messages && enable && delivers[each] && (forced[each] || top(each) != 0);
                assertThat(pins[each]).as("pin %d at step %d", each, step).isEqualTo(pin);
                asserted += pin ? 1 : 0;
            }
        }
        assertThat(claimed).isGreaterThan(STEPS / 200);
        assertThat(delivered).isGreaterThan(STEPS / 100);
        assertThat(asserted).isGreaterThan(STEPS / 10);
    }

    private void driveWire(Aplic aplic, Source source, int id, boolean high) {
        aplic.source(id).set(high);
        if (source.wire != high) {
            source.wire = high;
            if (source.rectified()) {
                source.pending = true;
            } else if (source.isLevel()) {
                source.pending = false;
            }
        }
    }

    private void delegate(Device root, Source source, int id, boolean delegated) {
        root.write(0, 4L * id, 4, delegated ? 0x400 : 0);
        source.delegated = delegated;
        if (!delegated) {
            source.mode(0, messages);
        }
    }

    private void configureDomain(Device child, Random random) {
        enable = random.nextInt(4) != 0;
        boolean wanted = random.nextInt(4) == 0 ? !messages : messages;
        child.write(0, 0, 4, (enable ? 0x100 : 0) | (wanted ? 4 : 0));
        for (Source source : sources) {
            if (source.mode != 0 && wanted != messages) {
                source.target = wanted ? 0 : 1;
                source.pending = source.isLevel() ? source.rectified() : source.pending;
            }
        }
        messages = wanted;
        for (int id = 1; id < sources.size(); id++) {
            settle(id);
        }
    }

    /** In message delivery too: the IDC structures work the same there, only the pins stay low. */
    private int claim(Device child, int hart) {
        int top = top(hart);
        assertThat(child.read(0, 0x4018 + 32L * hart, 4)).isEqualTo(top);
        assertThat(child.read(0, 0x401c + 32L * hart, 4)).isEqualTo(top);
        if (top == 0) {
            forced[hart] = false;
            return 0;
        }
        Source source = sources.get(top >>> 16);
        source.pending &= source.isLevel() && !messages;
        return 1;
    }

    @ParameterizedTest
    @CsvSource({"96, 11", "1023, 12"})
    void wildAccessesNeverThrow(int count, long seed) {
        Random random = new Random(seed);
        Aplic aplic = aplic(count);
        Device[] domains = {aplic.machineDomain(), aplic.supervisorDomain()};
        int[] starts = {0, 0x1bc0, 0x1c00, 0x1d00, 0x1e00, 0x1f00, 0x2000, 0x3000, 0x4000, 0x7f00};
        for (int step = 0; step < 100_000; step++) {
            Device domain = domains[random.nextInt(2)];
            int size = SIZES[random.nextInt(4)];
            long offset = starts[random.nextInt(starts.length)] + random.nextInt(0x100);
            aplic.source(1 + random.nextInt(count)).set(random.nextBoolean());
            domain.write(random.nextInt(3) - 1, offset & -size, size, random.nextLong());
            domain.read(random.nextInt(3) - 1, offset, size);
            errors.clear();
            sent.clear();
        }
        aplic.machineDomain().reset();
        assertThat(aplic.supervisorDomain().read(0, 4, 4)).isZero();
    }
}
