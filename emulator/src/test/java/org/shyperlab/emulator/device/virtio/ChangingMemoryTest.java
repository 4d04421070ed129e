package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.memory.DmaMemory;

/**
 * A driver that changes its rings while the device reads them, as another of its cores could between any two reads: a device decides by
 * what it has read once, and so writes only where a descriptor, as the device read it, says that it may.
 */
class ChangingMemoryTest {
    private static final int SIZE = 16;
    private static final int DESCRIPTOR_BYTES = 16;

    /** After every read something else may be there. */
    private static final class ChangingMemory implements DmaMemory {
        private final DriverMemory memory;
        private final GuardedMemory guarded;
        private final Random random;
        private int changes;
        private boolean calm = true;

        ChangingMemory(DriverMemory memory, Random random) {
            this.memory = memory;
            this.random = random;
            this.guarded = new GuardedMemory(memory);
        }

        @Override
        public boolean read(long address, byte[] target, int offset, int length) {
            boolean done = guarded.read(address, target, offset, length);
            if (done && length == DESCRIPTOR_BYTES && (target[offset + 12] & DriverRing.WRITE) != 0) {
                guarded.allow(
                        LittleEndian.i64(target, offset), Integer.toUnsignedLong(LittleEndian.i32(target, offset + 8)));
            }
            if (!calm && random.nextInt(3) == 0) {
                change();
            }
            return done;
        }

        /** Rings and headers are at the beginning of the memory. */
        private void change() {
            changes++;
            long at = DriverMemory.BASE + 2L * random.nextInt(0x800);
            int[] values = {0, 1, 2, 3, 4, 15, 16, 512, 0x4000, 0xffff, random.nextInt(1 << 16)};
            memory.write16(at, values[random.nextInt(values.length)]);
        }

        @Override
        public boolean write(long address, byte[] source, int offset, int length) {
            return guarded.write(address, source, offset, length);
        }
    }

    @ParameterizedTest
    @EnumSource(VirtioFuzzTest.Kind.class)
    void whatChangesAfterItWasReadDecidesNothing(VirtioFuzzTest.Kind kind) {
        Random random = new Random(200 + kind.ordinal());
        int changes = 0;
        int used = 0;
        int broken = 0;
        for (int round = 0; round < 400; round++) {
            VirtioFuzzTest.Partner partner = new VirtioFuzzTest.Partner();
            VirtioDevice device = kind.make(partner);
            ChangingMemory[] view = new ChangingMemory[1];
            ReferenceDriver driver = new ReferenceDriver(device, memory -> {
                view[0] = new ChangingMemory(memory, random);
                return view[0];
            });
            ChangingMemory memory = view[0];
            DriverRing[] rings = start(driver, kind, memory, random.nextBoolean() ? 0 : 3L << 28);
            memory.calm = false;
            for (int turn = 0; turn < 12; turn++) {
                int number = random.nextInt(rings.length);
                request(random, driver.memory, rings[number]);
                driver.write(ReferenceDriver.NOTIFY, number);
                if (random.nextBoolean()) {
                    VirtioFuzzTest.offer(device, random);
                }
                partner.hasRoom();
                used += driver.takeInterrupt() & 1;
            }
            changes += memory.changes;
            broken += (driver.read(ReferenceDriver.STATUS) & ReferenceDriver.NEEDS_RESET) == 0 ? 0 : 1;
            memory.calm = true;
            driver.memory.bus().writeRam(DriverMemory.BASE, new byte[0x1_0000]);
            start(driver, kind, memory, 0);
        }
        assertThat(changes).as("changes behind the device's back").isGreaterThan(1000);
        assertThat(used).as("times that buffers were given back all the same").isGreaterThan(200);
        assertThat(broken).as("rings that a change broke").isGreaterThan(50);
    }

    private static DriverRing[] start(
            ReferenceDriver driver, VirtioFuzzTest.Kind kind, ChangingMemory memory, long without) {
        assertThat(driver.negotiate(driver.offered() & ~without)).isTrue();
        DriverRing[] rings = new DriverRing[kind.rings()];
        for (int n = 0; n < rings.length; n++) {
            rings[n] = new DriverRing(driver, n, SIZE, driver.offered() & ~without);
            memory.guarded.allow(rings[n].deviceArea, 6 + 8 * SIZE);
        }
        driver.ready();
        return rings;
    }

    /** Something to read, which has the shape of a disk's header and of a command, and something to write, now and then by a table. */
    private static void request(Random random, DriverMemory memory, DriverRing ring) {
        long header = memory.allocate(32, 1);
        memory.write32(header, 1 << random.nextInt(4) & ~2);
        long data = DriverMemory.BASE + 0x8_0000 + random.nextInt(0x4_0000);
        DriverRing.Piece[] pieces = {
            DriverRing.Piece.read(header, 16),
            new DriverRing.Piece(data, 512 * random.nextInt(4), random.nextInt(3) > 0),
            DriverRing.Piece.write(data + 4096, 1 + random.nextInt(2) * 1600)
        };
        if (random.nextBoolean()) {
            ring.addIndirect(pieces);
        } else {
            ring.add(pieces);
        }
    }
}
