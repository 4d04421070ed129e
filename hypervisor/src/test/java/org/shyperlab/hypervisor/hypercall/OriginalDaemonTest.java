package org.shyperlab.hypervisor.hypercall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.device.storage.BlockRequest;
import org.shyperlab.hypervisor.mediated.MediatedStore;

/** What a management VM that was written for Rust-Shyper does: its ring, and disks by their descriptions in its memory. */
class OriginalDaemonTest {
    private static final long RAM = TestVms.RAM;
    private static final long RECEIVE_TABLE = RAM + 0x138;
    private static final long RING = RAM + 0x1000;
    private static final long BLOCK = RAM + 0x2000;
    private static final long BUFFER = RAM + 0x8_0000;
    private static final int SECTOR = 512;

    private final TestVms vms = new TestVms(2, false);

    private record Request(Operation operation, long offset, ByteBuffer data, List<Boolean> results)
            implements BlockRequest {
        Request(Operation operation, long sector, int sectors) {
            this(operation, sector * SECTOR, ByteBuffer.wrap(new byte[sectors * SECTOR]), new ArrayList<>());
        }

        @Override
        public void done(boolean success) {
            results.add(success);
        }
    }

    /** The kernel module names a table of receive buffers, which is no page, and the page that messages come to; all else is 0. */
    @BeforeEach
    void theModuleIsLoaded() {
        vms.writeWords(0, RECEIVE_TABLE, 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(vms.call(0, Hypercall.UPDATE_MQ, RECEIVE_TABLE, RING)).isZero();
    }

    private void describe(long ipa, long sectors, long most, long bufferSize, long buffer) {
        vms.writeWords(0, ipa, new long[19]);
        vms.writeWords(0, ipa, 99);
        vms.writeWords(0, ipa + 72, sectors, most, bufferSize);
        vms.writeWords(0, ipa + 112, buffer, 0x1234);
    }

    private MediatedStore disk() {
        describe(BLOCK, 1000, 8, 0x4000, BUFFER);
        assertThat(vms.call(0, Hypercall.DEV_APPEND, 0, BLOCK)).isZero();
        return vms.calls.disks().take(1, 0, 0);
    }

    private long[] slot(int number) {
        return vms.words(0, RING + number * 512L, 2);
    }

    private long word(long offset) {
        return vms.words(0, BLOCK + offset, 1)[0];
    }

    @Test
    void messagesComeToTheSecondPageAndNothingElseIsWritten() {
        assertThat(vms.call(0, Hypercall.REBOOT_VM, 0)).isZero();
        assertThat(vms.words(0, RING, 3)).containsExactly(1, 4, 0);
        assertThat(vms.words(0, RECEIVE_TABLE, 8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(vms.notifications).containsExactly("VM 0: 1 4 once");
    }

    @Test
    void aDiskIsOfferedByItsDescriptionAndARequestAppearsThere() {
        MediatedStore disk = disk();
        assertThat(word(0)).as("no request is open").isZero();
        assertThat(word(120)).as("no physical address is told").isEqualTo(0x1234);
        assertThat(disk.size()).isEqualTo(1000 * SECTOR);
        Request request = new Request(BlockRequest.Operation.READ, 7, 2);
        disk.submit(request);
        assertThat(slot(0)).containsExactly(3, 0x32);
        assertThat(word(0)).isEqualTo(1);
        assertThat(vms.words(0, BLOCK + 128, 3)).containsExactly(0, 7, 2);
        byte[] data = new byte[2 * SECTOR];
        Arrays.fill(data, (byte) 5);
        vms.write(0, BUFFER, data);
        assertThat(vms.call(0, Hypercall.DEV_NOTIFY, BLOCK)).isZero();
        assertThat(request.results()).containsExactly(true);
        assertThat(request.data().array()).isEqualTo(data);
        assertThat(vms.call(0, Hypercall.DEV_NOTIFY, BLOCK)).isEqualTo(HypercallError.WRONG_STATE.code());
    }

    @Test
    void aRequestIsNoLargerThanTheDescriptionSays() {
        MediatedStore disk = disk();
        Request request = new Request(BlockRequest.Operation.WRITE, 0, 10);
        Arrays.fill(request.data().array(), (byte) 3);
        disk.submit(request);
        assertThat(vms.words(0, BLOCK + 128, 3)).containsExactly(1, 0, 8);
        assertThat(vms.bytes(0, BUFFER, 8 * SECTOR)).containsOnly(3);
        vms.call(0, Hypercall.DEV_NOTIFY, BLOCK);
        assertThat(vms.words(0, BLOCK + 128, 3)).containsExactly(1, 8, 2);
        assertThat(word(0)).as("the module counts them down").isEqualTo(2);
        vms.call(0, Hypercall.DEV_NOTIFY, BLOCK);
        assertThat(request.results()).containsExactly(true);
    }

    /** The original's daemon answers no request of another type than 0 and 1. */
    @Test
    void aFlushIsDoneAtOnce() {
        MediatedStore disk = disk();
        Request write = new Request(BlockRequest.Operation.WRITE, 0, 1);
        Request flush = new Request(BlockRequest.Operation.FLUSH, 0, 0);
        disk.submit(write);
        disk.submit(flush);
        assertThat(flush.results()).as("not before what was written").isEmpty();
        vms.call(0, Hypercall.DEV_NOTIFY, BLOCK);
        assertThat(write.results()).containsExactly(true);
        assertThat(flush.results()).containsExactly(true);
        assertThat(word(0)).isEqualTo(1);
    }

    @Test
    void aSecondDiskHasItsOwnDescriptionAndBothAreOfferedAnewByAnotherDaemon() {
        MediatedStore first = disk();
        describe(BLOCK + 0x1000, 50, 8, 0x1000, BUFFER + 0x4000);
        assertThat(vms.call(0, Hypercall.DEV_APPEND, 0, BLOCK + 0x1000)).isZero();
        MediatedStore second = vms.calls.disks().take(2, 0, 0);
        second.submit(new Request(BlockRequest.Operation.READ, 1, 1));
        assertThat(word(0)).isZero();
        assertThat(word(0x1000)).isEqualTo(1);
        first.submit(new Request(BlockRequest.Operation.READ, 2, 1));
        theModuleIsLoaded();
        assertThat(vms.call(0, Hypercall.DEV_NOTIFY, BLOCK)).isEqualTo(HypercallError.WRONG_STATE.code());
        describe(BLOCK, 1000, 8, 0x4000, BUFFER);
        assertThat(vms.call(0, Hypercall.DEV_APPEND, 0, BLOCK)).isZero();
        assertThat(word(0)).as("asked again").isEqualTo(1);
        assertThat(word(136)).isEqualTo(2);
        assertThat(vms.call(0, Hypercall.DEV_NOTIFY, BLOCK)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 8, 0x4000, 0x40080000",
        "-1, 8, 0x4000, 0x40080000",
        "1000, 0, 0x4000, 0x40080000",
        "1000, 8, 0x100, 0x40080000",
        "1000, 8, -1, 0x40080000",
        "1000, 8, 0x4000, 0x40100000",
        "1000, 65536, 0x2000000, 0x400ff000",
        "1000, 8, 0x4000, -4096"
    })
    void aDescriptionThatCannotBeIsRefused(long sectors, long most, long bufferSize, long buffer) {
        describe(BLOCK, sectors, most, bufferSize, buffer);
        assertThat(vms.call(0, Hypercall.DEV_APPEND, 0, BLOCK)).isEqualTo(HypercallError.BAD_ARGUMENT.code());
        assertThat(word(0)).isEqualTo(99);
    }

    @ParameterizedTest
    @CsvSource({"0x40100000", "0x400fff80", "0x40002004", "0"})
    void aDescriptionIsInTheCallersRam(long ipa) {
        assertThat(vms.call(0, Hypercall.DEV_APPEND, 0, ipa)).isEqualTo(HypercallError.BAD_ARGUMENT.code());
        assertThat(vms.errors).isNotEmpty();
    }
}
