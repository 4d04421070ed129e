package org.shyperlab.emulator.device.gic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.emulator.device.gic.GicBench.*;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.device.Device;

/** Random software and random wires; after every step a slow model works out from the registers what the pins must be. */
class GicFuzzTest {
    private static final int STEPS = 6_000;
    private static final int[] SIZES = {1, 2, 4, 4, 4, 4, 4, 4, 8};

    @ParameterizedTest
    @CsvSource({"1, 32, 11", "2, 64, 12", "4, 32, 13", "8, 32, 14"})
    void anyAccessByAnyCoreLeavesThePinsAsTheRegistersSay(int cores, int spis, long seed) {
        Random random = new Random(seed);
        GicBench bench = GicBench.ready(cores, spis);
        SlowGicModel model = new SlowGicModel(bench, 32 + spis);
        int asserted = 0;
        for (int step = 0; step < STEPS; step++) {
            if (step % 150 == 0) {
                makeLively(bench, random, spis);
            }
            switch (random.nextInt(8)) {
                case 0 -> randomAccess(bench, random);
                case 1, 2 -> bench.gic.spi(random.nextInt(spis)).set(random.nextBoolean());
                case 3 ->
                    bench.gic.ppi(random.nextInt(cores), 16 + random.nextInt(9)).set(random.nextBoolean());
                case 4 -> bench.send(random.nextInt(cores), random.nextInt(16), random.nextInt(256));
                case 5 -> takeAndEnd(bench, model, random.nextInt(cores), random);
                case 6 -> takeAndEndVirtual(bench, model, random.nextInt(cores), random);
                default -> bench.gich(random.nextInt(cores), LR0 + 4 * random.nextInt(4), random.nextInt());
            }
            for (int core = 0; core < cores; core++) {
                asserted += model.check(core, seed + ":" + step);
            }
        }
        assertThat(asserted)
                .as("pins were asserted often enough for this to mean something")
                .isGreaterThan(STEPS / 8);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 21", "3, 988, 22", "8, 960, 23"})
    void wildAccessesNeverThrow(int cores, int spis, long seed) {
        Random random = new Random(seed);
        GicBench bench = new GicBench(cores, spis);
        for (int step = 0; step < 100_000; step++) {
            randomAccess(bench, random);
            if (spis > 0) {
                bench.gic.spi(random.nextInt(spis)).set(random.nextBoolean());
            }
            bench.errors.clear();
        }
        bench.gic.reset();
        assertThat(bench.gicc(0, RPR)).isEqualTo(0xff);
    }

    private static void randomAccess(GicBench bench, Random random) {
        Device[] windows = {
            bench.gic.distributor(),
            bench.gic.cpuInterface(),
            bench.gic.virtualControl(),
            bench.gic.virtualCpuInterface()
        };
        Device device = windows[random.nextInt(windows.length)];
        int core = random.nextInt(bench.pins.length + 1) - 1;
        int size = SIZES[random.nextInt(SIZES.length)];
        // Mostly where registers are, and mostly aligned.
        long offset = random.nextInt(random.nextBoolean() ? 0x200 : (int) device.size());
        if (random.nextInt(8) != 0) {
            offset &= -size;
        }
        if (random.nextBoolean()) {
            long value = device.read(core, offset, size);
            assertThat(size == 8 ? 0 : value >>> 8 * size)
                    .as("a read of %d bytes is zero-extended", size)
                    .isZero();
        } else {
            device.write(core, offset, size, random.nextLong());
        }
    }

    /** Random accesses soon disable everything; this brings interrupts back. */
    private static void makeLively(GicBench bench, Random random, int spis) {
        bench.gicd(0, GICD_CTLR, GROUP0 | GROUP1);
        for (int core = 0; core < bench.pins.length; core++) {
            bench.gicd(core, ISENABLER, -1);
            bench.gicc(core, CTLR, GROUP0 | GROUP1 | ACK_CTL | random.nextInt(4) * FIQ_EN);
            bench.gicc(core, PMR, 0xf8);
            bench.gicc(core, BPR, random.nextInt(8));
            bench.gicc(core, ABPR, random.nextInt(8));
            bench.gicc(core, APR0, 0);
            bench.gicc(core, NSAPR0, 0);
            bench.gich(core, HCR, 1);
            bench.gich(core, APR, 0);
            bench.gicv(core, CTLR, GROUP0 | GROUP1 | ACK_CTL | random.nextInt(4) * FIQ_EN);
            bench.gicv(core, PMR, 0xf8);
            bench.gicv(core, BPR, random.nextInt(8));
            bench.gicv(core, ABPR, random.nextInt(8));
        }
        for (int id = 32; id < 32 + spis; id++) {
            bench.enableShared(id, random.nextInt(256), random.nextInt(256));
        }
    }

    private static void takeAndEnd(GicBench bench, SlowGicModel model, int core, Random random) {
        int expected = model.expectedAcknowledge(core);
        int answer = bench.acknowledge(core);
        assertThat(answer).as("GICC_IAR of core %d", core).isEqualTo(expected);
        if ((answer & 0x3ff) < 1020) {
            assertThat(bench.bit(core, ISACTIVER, answer & 0x3ff)).isTrue();
            if (random.nextInt(4) != 0) {
                bench.end(core, answer);
                bench.gicc(core, DIR, answer);
            }
        }
    }

    private static void takeAndEndVirtual(GicBench bench, SlowGicModel model, int core, Random random) {
        int expected = model.expectedVirtualAcknowledge(core);
        int answer = bench.gicv(core, IAR);
        assertThat(answer).as("GICV_IAR of core %d", core).isEqualTo(expected);
        if ((answer & 0x3ff) < 1020 && random.nextInt(4) != 0) {
            bench.gicv(core, EOIR, answer);
            bench.gicv(core, DIR, answer);
        }
    }
}
