package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.emulator.device.virtio.DiskDriver.FLUSH;
import static org.shyperlab.emulator.device.virtio.DiskDriver.GET_ID;
import static org.shyperlab.emulator.device.virtio.DiskDriver.IN;
import static org.shyperlab.emulator.device.virtio.DiskDriver.IOERR;
import static org.shyperlab.emulator.device.virtio.DiskDriver.NONE;
import static org.shyperlab.emulator.device.virtio.DiskDriver.OK;
import static org.shyperlab.emulator.device.virtio.DiskDriver.OUT;
import static org.shyperlab.emulator.device.virtio.DiskDriver.UNSUPP;
import static org.shyperlab.emulator.device.virtio.DiskDriver.pattern;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.device.storage.BlockRequest.Operation;
import org.shyperlab.emulator.device.storage.FileStore;
import org.shyperlab.emulator.device.storage.MemoryStore;
import org.shyperlab.emulator.device.virtio.DiskDriver.Request;
import org.shyperlab.emulator.device.virtio.DriverRing.Piece;
import org.shyperlab.emulator.device.virtio.DriverRing.Used;

class VirtioBlockTest {
    private static final int SECTORS = 256;
    private static final long FLUSH_FEATURE = 1L << 9;

    private final MemoryStore store = new MemoryStore(SECTORS * 512L);
    private final HeldStore held = new HeldStore(store);

    @TempDir
    private Path directory;

    @Test
    void tellsItsSizeAndLimits() {
        DiskDriver disk = new DiskDriver(store);
        assertThat(disk.driver.device.read(0, 0x100, 4)).isEqualTo(SECTORS);
        assertThat(disk.driver.device.read(0, 0x104, 4)).isZero();
        assertThat(disk.driver.device.read(0, 0x108, 4)).as("size_max").isEqualTo(16384);
        assertThat(disk.driver.device.read(0, 0x10c, 4)).as("seg_max").isEqualTo(254);
        assertThat(disk.driver.device.read(0, 0x114, 4)).as("blk_size").isEqualTo(512);
        assertThat(disk.driver.offered() & 0xff_ffff).isEqualTo(1 << 1 | 1 << 2 | 1 << 6 | 1 << 9);
    }

    @Test
    void whatWasWrittenIsRead() {
        DiskDriver disk = new DiskDriver(store);
        disk.write(3, pattern(4096, 1));
        disk.write(5, pattern(512, 2));
        byte[] expected = pattern(4096, 1);
        System.arraycopy(pattern(512, 2), 0, expected, 1024, 512);
        assertThat(disk.read(3, 4096)).isEqualTo(expected);
        assertThat(disk.read(0, 1536)).isEqualTo(new byte[1536]);
        disk.expect(disk.submit(FLUSH, 0, new byte[0]), OK, 1);
        assertThat(disk.driver.errors.texts()).isEmpty();
    }

    @Test
    void itsNameIsTwentyBytes() {
        DiskDriver disk = new DiskDriver(store);
        Request request = disk.submit(GET_ID, 0, new byte[20]);
        disk.expect(request, OK, 21);
        assertThat(new String(disk.dataOf(request), StandardCharsets.US_ASCII)).isEqualTo("serial-1" + "\0".repeat(12));
        Request shorter = disk.submit(GET_ID, 0, new byte[5]);
        disk.expect(shorter, OK, 6);
        assertThat(new String(disk.dataOf(shorter), StandardCharsets.US_ASCII)).isEqualTo("seria");
    }

    @ParameterizedTest
    @CsvSource({"2", "3", "5", "11", "13", "14", "-1"})
    void otherRequestsAreUnsupported(int type) {
        DiskDriver disk = new DiskDriver(store);
        Request request = disk.submit(type, 0, new byte[512]);
        assertThat(disk.ring.poll()).isNotNull();
        assertThat(disk.statusOf(request)).isEqualTo(UNSUPP);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 511",
        "0, 513",
        "256, 512",
        "255, 1024",
        "-1, 512",
        "9223372036854775807, 512",
        "36028797018963968, 512"
    })
    void whatIsNotInsideTheDiskFails(long sector, int bytes) {
        DiskDriver disk = new DiskDriver(store);
        Request in = disk.submit(IN, sector, pattern(bytes, 5));
        disk.expect(in, IOERR, 0);
        assertThat(disk.dataOf(in)).as("untouched").isEqualTo(pattern(bytes, 5));
        disk.expect(disk.submit(OUT, sector, pattern(bytes, 5)), IOERR, 1);
        assertThat(disk.read(255, 512)).isEqualTo(new byte[512]);
    }

    @Test
    void aReadOnlyDiskSaysSoAndFailsWrites() throws IOException {
        Path file = Files.write(directory.resolve("ro"), pattern(1024, 9));
        try (FileStore readOnly = FileStore.open(file, true, text -> {})) {
            DiskDriver disk = new DiskDriver(readOnly);
            assertThat(disk.driver.offered() & 1 << 5).isNotZero();
            disk.expect(disk.submit(OUT, 0, pattern(512, 1)), IOERR, 1);
            assertThat(disk.read(0, 1024)).isEqualTo(pattern(1024, 9));
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(pattern(1024, 9));
    }

    @Test
    void requestsAreManyAtATimeAndComeBackAsTheStoreDoesThem() {
        DiskDriver disk = new DiskDriver(held);
        Request first = disk.submit(OUT, 0, pattern(512, 1));
        Request second = disk.submit(OUT, 1, pattern(512, 2));
        Request third = disk.submit(IN, 7, new byte[512]);
        assertThat(held.held).hasSize(3);
        assertThat(disk.ring.poll()).isNull();
        assertThat(disk.driver.interrupt).isFalse();
        held.release(2);
        disk.expect(third, OK, 513);
        assertThat(disk.driver.takeInterrupt()).isEqualTo(1);
        disk.ring.wakeAt(1);
        held.release(0);
        disk.expect(first, OK, 1);
        assertThat(disk.driver.takeInterrupt()).isEqualTo(1);
        assertThat(disk.statusOf(second)).isEqualTo(NONE);
        held.release(0);
        disk.expect(second, OK, 1);
    }

    @Test
    void aFailureOfTheStoreFailsThatRequestAlone() {
        DiskDriver disk = new DiskDriver(held);
        Request first = disk.submit(OUT, 0, pattern(512, 1));
        Request second = disk.submit(IN, 0, pattern(512, 2));
        Request third = disk.submit(OUT, 2, pattern(512, 3));
        held.fail(0);
        disk.expect(first, IOERR, 1);
        held.fail(0);
        disk.expect(second, IOERR, 0);
        assertThat(disk.dataOf(second)).isEqualTo(pattern(512, 2));
        held.release(0);
        disk.expect(third, OK, 1);
    }

    @Test
    void aDriverThatCannotFlushHasItsWritesFlushed() {
        DiskDriver disk = new DiskDriver(held, FLUSH_FEATURE, 16);
        Request request = disk.submit(OUT, 0, pattern(512, 1));
        assertThat(held.held.getFirst().operation()).isEqualTo(Operation.WRITE);
        held.release(0);
        assertThat(disk.ring.poll()).isNull();
        assertThat(held.held.getFirst().operation()).isEqualTo(Operation.FLUSH);
        held.release(0);
        disk.expect(request, OK, 1);
    }

    @Test
    void afterAResetNothingOfAnOldRequestReachesTheDriversMemory() {
        DiskDriver disk = new DiskDriver(held);
        Request old = disk.submit(IN, 0, pattern(512, 2));
        Request older = disk.submit(OUT, 4, pattern(512, 3));
        disk.driver.device.reset();
        disk.ring = disk.driver.start(0, 16, 1)[0];
        Request fresh = disk.submit(IN, 4, new byte[512]);
        held.release(0);
        held.release(0);
        assertThat(disk.dataOf(old)).isEqualTo(pattern(512, 2));
        assertThat(disk.statusOf(old)).isEqualTo(NONE);
        assertThat(disk.statusOf(older)).isEqualTo(NONE);
        assertThat(disk.ring.poll()).isNull();
        held.release(0);
        disk.expect(fresh, OK, 513);
        assertThat(disk.dataOf(fresh)).as("what the old write left").isEqualTo(pattern(512, 3));
    }

    @Test
    void resetsDoNotPileUpRequestsInASlowStore() {
        DiskDriver disk = new DiskDriver(held);
        for (int reset = 0; reset < 40; reset++) {
            for (int i = 0; i < 16; i++) {
                disk.submit(IN, 0, new byte[512]);
            }
            disk.driver.device.reset();
            disk.ring = disk.driver.start(0, 16, 1)[0];
        }
        assertThat(held.held).hasSize(256);
        Request waiting = disk.submit(FLUSH, 0, new byte[0]);
        while (!held.held.isEmpty()) {
            held.release(0);
        }
        disk.expect(waiting, OK, 1);
    }

    @Test
    void whileASlowStoreHoldsFourMebibytesFurtherRequestsWaitInTheRing() {
        HeldStore slow = new HeldStore(new MemoryStore(1 << 24));
        DiskDriver disk = new DiskDriver(slow, 0, 256);
        long data = disk.memory.allocate(16384, 16);
        Piece[] pieces = new Piece[128];
        Arrays.fill(pieces, Piece.write(data, 16384));
        pieces[0] = Piece.read(disk.memory.put(new byte[16]), 16);
        pieces[127] = Piece.write(disk.memory.allocate(1, 1), 1);
        for (int i = 0; i < 10; i++) {
            disk.ring.addIndirect(pieces);
            disk.ring.kick();
        }
        // Each has 126 times 16 KiB: two are a little less than 4 MiB.
        assertThat(slow.held).hasSize(3);
        slow.release(0);
        assertThat(slow.held).hasSize(3);
        int done = 1;
        while (!slow.held.isEmpty()) {
            slow.release(0);
            done++;
        }
        assertThat(done).isEqualTo(10);
    }

    @Test
    void aRequestWithoutRoomForHeaderOrStatusBreaksTheRing() {
        DiskDriver disk = new DiskDriver(store);
        disk.ring.add(Piece.read(DriverMemory.BASE, 15), Piece.write(DriverMemory.BASE, 1));
        disk.ring.kick();
        disk.driver.expectBroken("the request at descriptor 0 has 15 bytes to read and 1 to write");
        disk = new DiskDriver(store);
        disk.ring.add(Piece.read(DriverMemory.BASE, 16));
        disk.ring.kick();
        disk.driver.expectBroken("the request at descriptor 0 has 16 bytes to read and 0 to write");
    }

    @Test
    void dataOutsideRamBreaksTheRingAndWritesNothing() {
        DiskDriver disk = new DiskDriver(store);
        long header = disk.memory.put(new byte[16]);
        disk.memory.write32(header, OUT);
        long good = disk.memory.put(pattern(512, 1));
        disk.ring.add(Piece.read(header, 16), Piece.read(good, 512), Piece.read(0, 512), Piece.write(good, 1));
        disk.ring.kick();
        disk.driver.expectBroken("piece 2 of the buffer");
        DiskDriver again = new DiskDriver(store);
        assertThat(again.read(0, 512)).isEqualTo(new byte[512]);
    }

    /** 2.7.4: how a request is cut into descriptors means nothing. */
    @Test
    void aRequestMayBeCutAnywhere() {
        Random random = new Random(4);
        for (int round = 0; round < 200; round++) {
            DiskDriver disk = new DiskDriver(store, 0, 64);
            boolean writes = random.nextBoolean();
            byte[] header = new byte[16 + (writes ? 1024 : 0)];
            header[0] = (byte) (writes ? OUT : IN);
            header[8] = 7;
            System.arraycopy(pattern(1024, round), 0, header, 16, header.length - 16);
            List<Piece> pieces = new ArrayList<>();
            cut(random, pieces, disk.memory.put(header), header.length, false);
            int answer = writes ? 1 : 1025;
            long answerAt = disk.memory.put(new byte[answer]);
            cut(random, pieces, answerAt, answer, true);
            int head = disk.ring.addIndirect(pieces.toArray(new Piece[0]));
            disk.ring.kick();
            assertThat(disk.ring.poll()).isEqualTo(new Used(head, answer));
            assertThat(disk.memory.get(answerAt + answer - 1, 1)[0]).isZero();
            byte[] there = disk.read(7, 1024);
            assertThat(there).isEqualTo(writes ? pattern(1024, round) : disk.memory.get(answerAt, 1024));
        }
    }

    private static void cut(Random random, List<Piece> pieces, long address, int length, boolean writable) {
        int done = 0;
        for (int left = 8; done < length; left--) {
            int size =
                    left == 0 ? length - done : Math.min(length - done, random.nextInt(random.nextBoolean() ? 4 : 600));
            pieces.add(new Piece(address + done, size, writable));
            done += size;
        }
    }

    @Test
    void aRequestWithoutDataIsDone() {
        DiskDriver disk = new DiskDriver(store);
        disk.expect(disk.submit(IN, 256, new byte[0]), OK, 1);
        disk.expect(disk.submit(OUT, 256, new byte[0]), OK, 1);
        disk.expect(disk.submit(OUT, 257, new byte[0]), IOERR, 1);
    }

    /** A slow store has many requests at a time; each buffer that was once large shall not stay so. */
    @Test
    void largeRequestsDoNotLeaveLargeBuffersInEveryTask() {
        HeldStore slow = new HeldStore(new MemoryStore(1 << 24));
        DiskDriver disk = new DiskDriver(slow, 0, 256);
        VirtioBlock block = disk.block;
        long data = disk.memory.allocate(16384, 16);
        Piece[] large = new Piece[254];
        Arrays.fill(large, Piece.write(data, 16384));
        large[0] = Piece.read(disk.memory.put(new byte[16]), 16);
        large[253] = Piece.write(disk.memory.allocate(1, 1), 1);
        Piece[] small = {large[0], Piece.write(data, 512), large[253]};
        for (int i = 0; i < 40; i++) {
            disk.ring.addIndirect(large);
            disk.ring.kick();
            slow.release(slow.held.size() - 1);
            // The task with the large buffer is the next that is used: now for a request that stays.
            disk.ring.addIndirect(small);
            disk.ring.kick();
        }
        assertThat(slow.held).hasSize(40);
        assertThat(block.bufferBytes()).isLessThanOrEqualTo(32 << 20);
        while (!slow.held.isEmpty()) {
            slow.release(0);
        }
        assertThat(block.bufferBytes()).isLessThanOrEqualTo(16 << 20);
    }
}
