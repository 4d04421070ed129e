package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.device.storage.MemoryStore;

/** Random rings and register writes: no device ever throws, or touches memory that the driver did not give it. */
class VirtioFuzzTest {
    private static final int SIZE = 16;
    private static final int TABLES = 1 << 18;
    private static final int DATA = 1 << 19;
    private static final int[] LENGTHS = {0, 1, 2, 12, 15, 16, 17, 26, 72, 512, 513, 528, 1530, 4096, 70_000, -1};

    /** The kinds of devices, each with a partner that refuses now and then. */
    enum Kind {
        BLOCK(1, partner -> new VirtioBlock("block", "fuzz", new MemoryStore(1 << 20))),
        NET(3, partner -> new VirtioNet("net", new byte[] {2, 0, 0, 0, 0, 1}, new MoodyNetwork(partner))),
        CONSOLE(2, partner -> new VirtioConsole("console", new MoodyTerminal(partner))),
        ENTROPY(1, partner -> new VirtioEntropy("entropy", 3));

        private final int rings;
        private final Function<Partner, VirtioDevice> make;

        Kind(int rings, Function<Partner, VirtioDevice> make) {
            this.rings = rings;
            this.make = make;
        }

        int rings() {
            return rings;
        }

        VirtioDevice make(Partner partner) {
            return make.apply(partner);
        }
    }

    /** What a device's partner has: moods, and room again when the test says so. */
    static final class Partner {
        private int offers;
        private Runnable room = () -> {};

        boolean refuses() {
            return ++offers % 3 == 0;
        }

        void hasRoom() {
            room.run();
        }
    }

    private record MoodyNetwork(Partner partner) implements FrameSink {
        @Override
        public boolean offer(byte[] buffer, int offset, int length) {
            return !partner.refuses();
        }

        @Override
        public void onRoom(Runnable runnable) {
            partner.room = runnable;
        }
    }

    private record MoodyTerminal(Partner partner) implements StreamSink {
        @Override
        public int offer(byte[] buffer, int offset, int length) {
            return partner.refuses() ? length / 2 : length;
        }

        @Override
        public void onRoom(Runnable runnable) {
            partner.room = runnable;
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void randomRegisterAccessesOverRandomMemoryNeverThrow(Kind kind) {
        Random random = new Random(kind.ordinal());
        Partner partner = new Partner();
        ReferenceDriver driver = new ReferenceDriver(kind.make.apply(partner));
        byte[] noise = new byte[1 << 16];
        int[] registers = {0x14, 0x20, 0x24, 0x30, 0x38, 0x44, 0x50, 0x64, 0x70, 0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4};
        int[] values = {0, 1, 2, 3, 4, 8, 11, 15, 16, 64, 128, 255, 256, -1, 0x4000_0000, 0x4000_1000, 0x4000_2000};
        Set<Integer> seen = new HashSet<>();
        int worked = 0;
        for (int i = 0; i < 60_000; i++) {
            int register =
                    random.nextInt(8) == 0 ? random.nextInt(0x1000) : registers[random.nextInt(registers.length)];
            long value = random.nextInt(8) == 0 ? random.nextLong() : values[random.nextInt(values.length)];
            int size = random.nextInt(16) == 0 ? 1 << random.nextInt(4) : 4;
            switch (random.nextInt(12)) {
                case 0 -> driver.device.read(0, register, size);
                case 1 -> {
                    if (random.nextInt(100) == 0) {
                        random.nextBytes(noise);
                        driver.memory.bus().writeRam(DriverMemory.BASE, noise);
                    }
                }
                case 2 -> driver.negotiate(driver.offered());
                case 3 -> {
                    if (random.nextInt(20) == 0) {
                        start(driver, kind, random);
                    }
                }
                case 4 -> partner.hasRoom();
                default -> driver.device.write(0, register, size, value);
            }
            seen.add(driver.read(ReferenceDriver.STATUS));
            worked += driver.takeInterrupt() & 1;
        }
        assertThat(driver.errors.texts()).hasSizeGreaterThan(1000);
        assertThat(seen).as("states").contains(0, 3, 11, 15, 15 | ReferenceDriver.NEEDS_RESET);
        assertThat(worked).as("times that it gave buffers back").isGreaterThan(20);
    }

    /** A driver that works, with rings over whatever the memory holds: random writes come upon a device that is under way. */
    private static void start(ReferenceDriver driver, Kind kind, Random random) {
        driver.negotiate(driver.offered());
        for (int n = 0; n < kind.rings; n++) {
            long page = DriverMemory.BASE + 0x1000L * random.nextInt(DriverMemory.BYTES / 0x1000);
            driver.enable(n, 16, page, page + 0x200, page + 0x400);
            driver.memory.write64(page, DriverMemory.BASE + random.nextInt(DriverMemory.BYTES));
            driver.memory.write32(page + 8, 16 + random.nextInt(64));
            driver.memory.write32(page + 12, DriverRing.NEXT | 1 << 16);
            driver.memory.write64(page + 16, DriverMemory.BASE + random.nextInt(DriverMemory.BYTES - 600));
            driver.memory.write32(page + 24, 1 + 512 * random.nextInt(2));
            driver.memory.write32(page + 28, DriverRing.WRITE);
            driver.memory.write64(page + 0x200, 1L << 16);
        }
        driver.write(ReferenceDriver.STATUS, 15);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void randomRingsWriteOnlyWhereTheDriverSaid(Kind kind) {
        Random random = new Random(100 + kind.ordinal());
        int broken = 0;
        int used = 0;
        for (int round = 0; round < 1000; round++) {
            Partner partner = new Partner();
            VirtioDevice device = kind.make.apply(partner);
            ReferenceDriver driver = new ReferenceDriver(device);
            DriverRing[] rings = driver.start(random.nextBoolean() ? 0 : 3L << 28, SIZE, kind.rings);
            GuardedMemory guarded = new GuardedMemory(driver.memory);
            for (int n = 0; n < rings.length; n++) {
                device.ring(n).connect(guarded, new Virtqueue.Owner() {
                    @Override
                    public void used() {}

                    @Override
                    public void broken(int ring, String rule) {
                        driver.errors.report(0, "ring " + ring, "%s", rule);
                        device.ring(ring).stop();
                    }
                });
                guarded.allow(rings[n].deviceArea, 6 + 8 * SIZE);
            }
            Tables tables = new Tables(random, driver.memory, guarded, rings[0]);
            byte[] types = new byte[DATA];
            for (int i = random.nextInt(64); i < DATA; i += 1 + random.nextInt(64)) {
                types[i] = (byte) (1 << random.nextInt(5));
            }
            driver.memory.bus().writeRam(DriverMemory.BASE + DATA, types);
            for (DriverRing ring : rings) {
                tables.fill(ring);
            }
            for (int turn = 0; turn < 10; turn++) {
                DriverRing ring = rings[random.nextInt(rings.length)];
                int head = random.nextInt(SIZE);
                if (random.nextBoolean()) {
                    tables.request(ring, head);
                }
                ring.offer(random.nextInt(50) == 0 ? random.nextInt(1 << 16) : head);
                device.notified(random.nextInt(rings.length));
                offer(device, random);
                if (random.nextInt(3) == 0) {
                    partner.hasRoom();
                }
                for (DriverRing each : rings) {
                    used += each.poll() == null ? 0 : 1;
                }
            }
            broken += driver.errors.texts().isEmpty() ? 0 : 1;
        }
        assertThat(broken).as("rounds that broke a rule").isGreaterThan(100);
        assertThat(used).as("buffers given back").isGreaterThan(500);
    }

    /** Something arrives for the device. */
    static void offer(VirtioDevice device, Random random) {
        byte[] bytes = new byte[64 + random.nextInt(2000)];
        if (device instanceof FrameSink net) {
            net.offer(bytes, 0, bytes.length);
        } else if (device instanceof StreamSink console) {
            console.offer(bytes, 0, bytes.length);
        }
    }

    /** Fills descriptor tables at random and tells the memory what they give for writing. */
    private record Tables(Random random, DriverMemory memory, GuardedMemory guarded, DriverRing any) {
        void fill(DriverRing ring) {
            for (int i = 0; i < SIZE; i++) {
                if (random.nextInt(4) == 0) {
                    indirect(ring, i);
                } else {
                    direct(ring.descriptors, i, SIZE);
                }
            }
        }

        /** What a block device's driver makes: a header, data and a status; other devices can use it too. */
        void request(DriverRing ring, int head) {
            long data = DriverMemory.BASE + DATA + 512L * random.nextInt(900);
            boolean in = random.nextBoolean();
            int second = (head + 1) % SIZE;
            int third = (head + 2) % SIZE;
            int flags = DriverRing.NEXT | (in ? DriverRing.WRITE : 0);
            ring.describe(ring.descriptors, head, data, 16, DriverRing.NEXT, second);
            ring.describe(ring.descriptors, second, data + 512, 512 * random.nextInt(20), flags, third);
            ring.describe(ring.descriptors, third, data + 400, 1, DriverRing.WRITE, 0);
            guarded.allow(data + 400, 1);
            if (in) {
                guarded.allow(data + 512, 20 * 512);
            }
        }

        private void indirect(DriverRing ring, int index) {
            int entries = random.nextInt(SIZE + 2);
            long table = DriverMemory.BASE + TABLES + 512L * random.nextInt(400);
            int oddness = random.nextInt(20) == 0 ? random.nextInt(16) : 0;
            int flags = DriverRing.INDIRECT | (random.nextInt(20) == 0 ? random.nextInt(4) : 0);
            ring.describe(ring.descriptors, index, table, 16 * entries + oddness, flags, 0);
            for (int i = 0; i < entries; i++) {
                direct(table, i, entries);
            }
        }

        private void direct(long table, int index, int entries) {
            long address = random.nextInt(40) == 0
                    ? random.nextLong()
                    : DriverMemory.BASE + DATA + random.nextInt(DATA + (random.nextInt(40) == 0 ? 8192 : -5000));
            boolean last = random.nextInt(3) == 0;
            // Mostly reading first, then writing, as drivers do; and headers of requests have 16 bytes.
            boolean writes = index * 2 >= entries || random.nextInt(6) == 0;
            int length = !writes && random.nextBoolean()
                    ? 16
                    : LENGTHS[random.nextInt(random.nextInt(10) == 0 ? LENGTHS.length : LENGTHS.length - 2)];
            int flags = (last ? 0 : DriverRing.NEXT) | (writes ? DriverRing.WRITE : 0);
            int next = random.nextInt(20) == 0 ? random.nextInt(SIZE + 3) : index + 1;
            any.describe(table, index, address, length, flags, next);
            if (writes) {
                guarded.allow(address, Integer.toUnsignedLong(length));
            }
        }
    }
}
