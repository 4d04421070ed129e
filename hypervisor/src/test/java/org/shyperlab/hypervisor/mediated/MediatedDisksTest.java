package org.shyperlab.hypervisor.mediated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.storage.BlockRequest;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.Ram;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;

/** Mediated disks with a daemon that the test plays. */
class MediatedDisksTest {
    private static final long BUFFER = 0x8000_0000L;
    private static final int BUFFER_SIZE = 0x1000;
    private static final int SECTOR = 512;

    private final List<String> heard = new ArrayList<>();
    private final MediatedDisks disks = new MediatedDisks(this::hear);
    private GuestRam memory;
    private boolean listening = true;

    private record Request(Operation operation, long offset, ByteBuffer data, List<Boolean> results)
            implements BlockRequest {
        Request(Operation operation, long offset, int length) {
            this(operation, offset, ByteBuffer.wrap(new byte[length]), new ArrayList<>());
        }

        @Override
        public void done(boolean success) {
            results.add(success);
        }
    }

    private boolean hear(int disk, int type, long sector, long count) {
        if (listening) {
            heard.add(disk + " " + type + " " + sector + " " + count);
        }
        return listening;
    }

    @BeforeEach
    void managementVm() {
        AddressSpace bus = Ram.bus();
        StageTwo table = new StageTwoTable(bus, Ram.pool(bus), 40);
        table.map(BUFFER, Ram.BASE + 0x200_0000L, 0x1_0000, StageTwo.Attributes.NORMAL, false);
        memory = new GuestRam(bus, table);
    }

    private void offer(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(disks.append(
                            memory, new MediatedDisks.Offer(BUFFER + (long) i * BUFFER_SIZE, BUFFER_SIZE, 1000, true)))
                    .isEqualTo(i);
        }
    }

    private static Request read(long sector, int sectors) {
        return new Request(BlockRequest.Operation.READ, sector * SECTOR, sectors * SECTOR);
    }

    @Test
    void aReadIsDoneWhenTheDaemonHasPutTheDataIntoTheBuffer() {
        offer(1);
        MediatedStore store = disks.take(1, 0, 0);
        assertThat(store.size()).isEqualTo(1000 * SECTOR);
        Request request = read(3, 2);
        store.submit(request);
        assertThat(heard).containsExactly("0 0 3 2");
        assertThat(request.results()).isEmpty();
        byte[] data = new byte[2 * SECTOR];
        Arrays.fill(data, (byte) 7);
        memory.write(BUFFER, data);
        assertThat(disks.done(0, true)).isTrue();
        assertThat(request.results()).containsExactly(true);
        assertThat(request.data().array()).isEqualTo(data);
    }

    @Test
    void aWritePutsItsDataIntoTheBufferFirstAndAFlushHasNone() {
        offer(1);
        MediatedStore store = disks.take(1, 10, 20);
        Request write = new Request(BlockRequest.Operation.WRITE, 0, SECTOR);
        Arrays.fill(write.data().array(), (byte) 9);
        store.submit(write);
        byte[] buffer = new byte[SECTOR];
        memory.read(BUFFER, buffer);
        assertThat(buffer).containsOnly(9);
        disks.done(0, true);
        store.submit(new Request(BlockRequest.Operation.FLUSH, 0, 0));
        assertThat(heard).containsExactly("0 1 10 1", "0 2 10 0");
    }

    @Test
    void aRequestThatIsLargerThanTheBufferIsDoneInPieces() {
        offer(1);
        Request request = read(0, 20);
        disks.take(1, 0, 0).submit(request);
        for (int piece = 0; piece < 3; piece++) {
            assertThat(request.results()).isEmpty();
            byte[] data = new byte[BUFFER_SIZE];
            Arrays.fill(data, (byte) (piece + 1));
            memory.write(BUFFER, data);
            disks.done(0, true);
        }
        assertThat(heard).containsExactly("0 0 0 8", "0 0 8 8", "0 0 16 4");
        assertThat(request.results()).containsExactly(true);
        assertThat(request.data().get(0)).isEqualTo((byte) 1);
        assertThat(request.data().get(BUFFER_SIZE)).isEqualTo((byte) 2);
        assertThat(request.data().get(20 * SECTOR - 1)).isEqualTo((byte) 3);
    }

    @Test
    void anErrorEndsTheWholeRequestAndTheNextOneGoesOn() {
        offer(1);
        MediatedStore store = disks.take(1, 0, 0);
        Request broken = read(0, 20);
        Request next = read(5, 1);
        store.submit(broken);
        store.submit(next);
        disks.done(0, false);
        assertThat(broken.results()).containsExactly(false);
        assertThat(heard).containsExactly("0 0 0 8", "0 0 5 1");
        disks.done(0, true);
        assertThat(next.results()).containsExactly(true);
    }

    /** Rust-Shyper's defect 2: removal of a VM keeps its tasks and drops those of the others. */
    @Test
    void aVmThatGoesTakesItsTasksAndOnlyItsOwn() {
        offer(2);
        MediatedStore one = disks.take(1, 0, 0);
        MediatedStore two = disks.take(2, 0, 0);
        Request dropped = read(1, 1);
        Request kept = read(3, 1);
        one.submit(read(0, 1));
        one.submit(dropped);
        two.submit(read(2, 1));
        two.submit(kept);
        one.close();
        assertThat(disks.waiting(1)).isZero();
        assertThat(disks.waiting(2)).isEqualTo(1);
        assertThat(disks.done(1, true)).isTrue();
        assertThat(disks.done(1, true)).isTrue();
        assertThat(kept.results()).containsExactly(true);
        assertThat(disks.done(0, true)).as("what the daemon worked on").isTrue();
        assertThat(dropped.results()).isEmpty();
    }

    @Test
    void aDiskOfAVmThatWentIsFreeAndItsLastRequestReachesNobody() {
        offer(1);
        MediatedStore first = disks.take(1, 0, 0);
        Request lost = read(0, 1);
        first.submit(lost);
        first.close();
        MediatedStore second = disks.take(2, 0, 0);
        Request request = read(7, 1);
        second.submit(request);
        assertThat(heard).as("the buffer is still busy").containsExactly("0 0 0 1");
        disks.done(0, true);
        assertThat(lost.results()).isEmpty();
        assertThat(heard).containsExactly("0 0 0 1", "0 0 7 1");
        disks.done(0, true);
        assertThat(request.results()).containsExactly(true);
    }

    /** Rust-Shyper's examples ask for 8192000 sectors and more, whatever the file has. */
    @Test
    void aVmGetsNoMoreSectorsThanThereAre() {
        offer(1);
        assertThat(disks.take(1, 990, 8_192_000).size()).isEqualTo(10 * SECTOR);
    }

    @Test
    void queuesTakeTurnsWhateverAVmHasWaiting() {
        TaskQueues queues = new TaskQueues();
        MediatedStore busy = new MediatedStore(disks, 1, 0, 0, 0);
        MediatedStore modest = new MediatedStore(disks, 2, 1, 0, 0);
        for (int i = 0; i < 4; i++) {
            queues.add(new MediatedTask(busy, read(0, 1), 0, i, SECTOR, true));
        }
        for (int i = 0; i < 2; i++) {
            queues.add(new MediatedTask(modest, read(0, 1), 0, i, SECTOR, true));
        }
        List<String> order = new ArrayList<>();
        for (MediatedTask task = queues.next(any -> true); task != null; task = queues.next(any -> true)) {
            order.add(task.vm() + ":" + task.offset());
        }
        assertThat(order).containsExactly("1:0", "2:0", "1:1", "2:1", "1:2", "1:3");
    }

    @Test
    void aDaemonThatStartsAgainGetsWhatTheLastOneHadNotDone() {
        offer(1);
        Request request = read(4, 1);
        disks.take(1, 0, 0).submit(request);
        disks.restart();
        assertThat(disks.done(0, true)).as("nobody asked this daemon").isFalse();
        offer(1);
        assertThat(heard).containsExactly("0 0 4 1", "0 0 4 1");
        disks.done(0, true);
        assertThat(request.results()).containsExactly(true);
    }

    @Test
    void aDaemonThatDoesNotListenIsAskedAgainAtTheNextRequest() {
        offer(1);
        MediatedStore store = disks.take(1, 0, 0);
        listening = false;
        store.submit(read(0, 1));
        listening = true;
        store.submit(read(1, 1));
        assertThat(heard).containsExactly("0 0 0 1");
    }

    @Test
    void aVmGetsAPartOfADiskThatIsInsideIt() {
        assertThatThrownBy(() -> disks.take(1, 0, 0)).hasMessageContaining("has offered none that is free");
        offer(1);
        assertThatThrownBy(() -> disks.take(1, 1000, 1)).hasMessageContaining("has 1000 sectors");
        assertThatThrownBy(() -> disks.take(1, -1, 0)).hasMessageContaining("has 1000 sectors");
        assertThat(disks.take(1, 990, 10).size()).isEqualTo(10 * SECTOR);
        assertThat(disks.done(0, true)).isFalse();
        assertThat(disks.done(7, true)).isFalse();
        assertThat(disks.done(-1, true)).isFalse();
    }

    /** The daemon's own mistake costs the VM that has its disk, and nobody else. */
    @Test
    void aBufferThatIsNoMemoryFailsItsOwnRequestsAndHoldsNobodyUp() {
        assertThat(disks.append(memory, new MediatedDisks.Offer(0x1000, BUFFER_SIZE, 1000, true)))
                .isZero();
        assertThat(disks.append(memory, new MediatedDisks.Offer(BUFFER, BUFFER_SIZE, 1000, true)))
                .isEqualTo(1);
        MediatedStore bad = disks.take(1, 0, 0);
        MediatedStore good = disks.take(2, 0, 0);
        Request write = new Request(BlockRequest.Operation.WRITE, 0, 20 * SECTOR);
        bad.submit(write);
        assertThat(write.results()).containsExactly(false);
        assertThat(disks.waiting(1)).isZero();
        Request other = new Request(BlockRequest.Operation.WRITE, 0, SECTOR);
        good.submit(other);
        assertThat(heard).containsExactly("1 1 0 1");
        disks.done(1, true);
        assertThat(other.results()).containsExactly(true);
        Request read = read(0, 1);
        bad.submit(read);
        disks.done(0, true);
        assertThat(read.results()).containsExactly(false);
    }

    @Test
    void answersThatComeTwiceOrLateReachNoOtherRequest() {
        offer(1);
        MediatedStore store = disks.take(1, 0, 0);
        Request first = read(0, 1);
        store.submit(first);
        assertThat(disks.done(0, true)).isTrue();
        assertThat(disks.done(0, true)).as("twice").isFalse();
        assertThat(first.results()).containsExactly(true);
        Request lost = read(1, 1);
        store.submit(lost);
        store.close();
        assertThat(disks.done(0, false)).as("late, for a VM that went").isTrue();
        assertThat(disks.done(0, true)).as("and twice").isFalse();
        MediatedStore next = disks.take(2, 0, 0);
        Request fresh = read(2, 1);
        next.submit(fresh);
        assertThat(fresh.results()).isEmpty();
        disks.done(0, true);
        assertThat(fresh.results()).containsExactly(true);
        assertThat(lost.results()).isEmpty();
    }
}
