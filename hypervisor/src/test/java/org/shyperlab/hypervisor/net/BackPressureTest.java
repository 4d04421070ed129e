package org.shyperlab.hypervisor.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What happens when receivers do not keep up: nobody loses what was accepted, and nobody holds the others up for long. */
class BackPressureTest {
    private static final int QUEUE = SwitchPort.QUEUE_FRAMES;
    /** The tenth of a second that a port may hold others up before it has taken a frame. */
    private static final long PATIENCE = TestNetwork.SECOND / Patience.FULL_SECONDS_PART;

    private final TestNetwork test = new TestNetwork();

    private static List<Integer> numbers(TestNic nic) {
        return nic.received.stream().map(Frames::number).toList();
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static long slow(TestNic nic) {
        return nic.port.counters().dropped(DropReason.SLOW);
    }

    @Test
    void framesWaitForADeviceWithoutBuffersAndComeInOrder() {
        TestNic one = test.nic(1, 0);
        TestNic two = test.nic(2, 3);
        for (int i = 0; i < 10; i++) {
            assertThat(one.send(Frames.unicast(1, 2, i))).isTrue();
        }
        assertThat(numbers(two)).isEqualTo(upTo(3));
        assertThat(two.port.queued()).isEqualTo(7);
        two.post(5);
        assertThat(numbers(two)).isEqualTo(upTo(8));
        two.post(5);
        assertThat(numbers(two)).isEqualTo(upTo(10));
        assertThat(two.buffers()).isEqualTo(3);
    }

    @Test
    void aSenderIsRefusedWhenTheReceiversQueueIsFullAndToldWhenThereIsRoom() {
        TestNic one = test.nic(1, 0);
        TestNic two = test.nic(2, 0);
        // One frame more than the queue holds waits at the sender's port.
        for (int i = 0; i <= QUEUE; i++) {
            assertThat(one.send(Frames.unicast(1, 2, i))).as("frame %d", i).isTrue();
        }
        for (int i = QUEUE + 1; i < QUEUE + 10; i++) {
            assertThat(one.send(Frames.unicast(1, 2, i))).as("frame %d", i).isFalse();
        }
        assertThat(one.unsent()).isEqualTo(9);
        two.post(1);
        assertThat(one.unsent()).isEqualTo(8);
        two.post(8);
        assertThat(one.unsent()).isZero();
        two.post(1000);
        assertThat(numbers(two)).isEqualTo(upTo(QUEUE + 10));
        assertThat(two.port.counters().dropped() + one.port.counters().dropped())
                .isZero();
    }

    @Test
    void aBroadcastReachesThoseWithRoomAtOnceAndTheOthersExactlyOnceLater() {
        TestNic one = test.nic(1, 0);
        TestNic full = test.nic(2, 0);
        TestNic free = test.nic(3, 10);
        for (int i = 0; i < QUEUE; i++) {
            one.send(Frames.unicast(1, 2, i));
        }
        assertThat(one.send(Frames.arp(1, QUEUE))).isTrue();
        assertThat(one.send(Frames.unicast(1, 3, 7))).isFalse();
        assertThat(numbers(free)).containsExactly(QUEUE);
        full.post(1000);
        assertThat(numbers(full)).isEqualTo(upTo(QUEUE + 1));
        assertThat(numbers(free)).containsExactly(QUEUE, 7);
    }

    @Test
    void aDeadVmHoldsItsSendersUpForATenthOfASecondOnce() {
        TestNic one = test.nic(1, 0);
        TestNic dead = test.nic(2, 0);
        TestNic live = test.nic(3, 100);
        for (int i = 0; i <= QUEUE; i++) {
            one.send(Frames.unicast(1, 2, i));
        }
        one.send(Frames.arp(1, 1000));
        test.pass(PATIENCE - 1);
        assertThat(one.unsent()).isEqualTo(1);
        assertThat(slow(dead)).isZero();
        test.pass(1);
        assertThat(one.unsent()).isZero();
        assertThat(numbers(live)).containsExactly(1000);
        // The frame that waited, and the broadcast.
        assertThat(slow(dead)).isEqualTo(2);
        assertThat(one.send(Frames.unicast(1, 2, 1001))).isTrue();
        assertThat(one.send(Frames.arp(1, 1002))).isTrue();
        assertThat(slow(dead)).isEqualTo(4);
        assertThat(numbers(live)).containsExactly(1000, 1002);
        test.pass(TestNetwork.SECOND);
        assertThat(test.isWatching()).as("an alarm is left").isFalse();
    }

    @Test
    void aVmThatWakesUpGetsWhatWaitedForItAndIsWaitedForAgain() {
        TestNic one = test.nic(1, 0);
        TestNic sleeper = test.nic(2, 0);
        for (int i = 0; i <= QUEUE; i++) {
            one.send(Frames.unicast(1, 2, i));
        }
        test.pass(PATIENCE);
        sleeper.post(QUEUE);
        assertThat(numbers(sleeper)).isEqualTo(upTo(QUEUE));
        for (int i = 0; i <= QUEUE; i++) {
            one.send(Frames.unicast(1, 2, QUEUE + i));
        }
        assertThat(one.send(Frames.unicast(1, 2, 2 * QUEUE + 1))).isFalse();
        // It took 256 frames and earned a ten-thousandth of a second with each.
        test.pass(QUEUE * TestNetwork.SECOND / Patience.FRAME_SECONDS_PART - 1);
        assertThat(one.unsent()).isEqualTo(1);
        sleeper.post(2 * QUEUE);
        assertThat(numbers(sleeper)).isEqualTo(upTo(2 * QUEUE + 2));
        assertThat(slow(sleeper)).isEqualTo(1);
    }

    /** Whatever a receiver does, the time that others wait for it is bounded by what it takes. */
    @Test
    void aVmThatTakesOneFrameNowAndThenSlowsItsSendersToTheRateThatIsAllowed() {
        TestNic one = test.nic(1, 0);
        TestNic miser = test.nic(2, 0);
        TestNic live = test.nic(3, 1_000_000);
        int sent = 0;
        int waits = 0;
        for (int step = 0; step < 20_000; step++) {
            for (int i = 0; i < 10; i++) {
                one.send(Frames.unicast(1, sent % 2 == 0 ? 2 : 3, sent++));
            }
            waits += one.unsent() > 0 ? 1 : 0;
            test.pass(TestNetwork.MILLISECOND / 10);
            miser.post(step % 10 == 0 ? 1 : 0);
        }
        // Two seconds: it took 2000 frames, so it may have held the sender for 0.1 s + 2000 * 0.1 ms = 0.3 s.
        assertThat(miser.received).hasSize(2000);
        assertThat(waits).as("tenths of a millisecond").isBetween(2_000, 3_000);
        assertThat(live.received).hasSize(sent / 2);
    }

    @Test
    void twoConspiratorsDelayTheOthersBroadcastsByTheReceiversShareOnly() {
        TestNic one = test.nic(1, 0);
        TestNic source = test.nic(2, 0);
        TestNic sink = test.nic(3, 0);
        TestNic live = test.nic(4, 10_000);
        int flood = 0;
        int asked = 0;
        for (int millisecond = 0; millisecond < 1000; millisecond++) {
            for (int i = 0; i < 50 && source.unsent() == 0; i++) {
                source.send(Frames.unicast(2, 3, flood++));
            }
            if (one.unsent() == 0) {
                one.send(Frames.arp(1, asked++));
            }
            sink.post(1);
            test.pass(TestNetwork.MILLISECOND);
        }
        assertThat(asked)
                .as("broadcasts in a second, one per millisecond at most")
                .isGreaterThan(750);
        assertThat(live.received.size()).isGreaterThanOrEqualTo(asked - 1);
    }

    @Test
    void aSenderIsToldOnceAndOnlyWhenTheLastReceiverHasItsFrame() {
        TestNic one = test.nic(1, 0);
        List<TestNic> full = List.of(test.nic(2, 0), test.nic(3, 0));
        for (int i = 0; i <= QUEUE; i++) {
            one.send(Frames.arp(1, i));
        }
        int[] told = {0};
        one.port.onRoom(() -> told[0]++);
        byte[] refused = Frames.arp(1, 1000);
        assertThat(one.port.offer(refused, 0, refused.length)).isFalse();
        full.getFirst().post(10);
        assertThat(told[0]).isZero();
        full.getLast().post(10);
        assertThat(told[0]).isEqualTo(1);
        full.getLast().post(10);
        assertThat(told[0]).isEqualTo(1);
    }

    @Test
    void noVmSavesPatienceUp() {
        TestNic one = test.nic(1, 0);
        TestNic two = test.nic(2, 100_000);
        for (int i = 0; i < 100_000; i++) {
            one.send(Frames.unicast(1, 2, i));
        }
        for (int i = 0; i <= QUEUE; i++) {
            one.send(Frames.unicast(1, 2, i));
        }
        one.send(Frames.unicast(1, 2, 0));
        test.pass(PATIENCE - 1);
        assertThat(one.unsent()).isEqualTo(1);
        test.pass(1);
        assertThat(one.unsent()).isZero();
        // The frame that waited, and the one behind it.
        assertThat(slow(two)).isEqualTo(2);
    }

    @Test
    void sendersThatWaitForOneReceiverTakeTurns() {
        TestNic receiver = test.nic(1, 0);
        List<TestNic> senders =
                IntStream.rangeClosed(2, 5).mapToObj(vm -> test.nic(vm, 0)).toList();
        for (TestNic sender : senders) {
            for (int i = 0; i < 500; i++) {
                sender.send(Frames.unicast(sender.port.owner(), 1, sender.port.owner()));
            }
        }
        receiver.post(QUEUE);
        receiver.received.clear();
        for (int i = 0; i < 400; i++) {
            receiver.post(1);
        }
        for (TestNic sender : senders) {
            assertThat(numbers(receiver).stream().filter(vm -> vm == sender.port.owner()))
                    .as("frames of VM %d", sender.port.owner())
                    .hasSizeBetween(99, 101);
        }
    }

    @Test
    void aPortWhoseLinkIsDownGetsNothingAndStopsNobody() {
        TestNic one = test.nic(1, 0);
        TestNic down = test.nic(2, 5);
        TestNic live = test.nic(3, 10);
        down.port.link(false);
        one.send(Frames.unicast(1, 2, 0));
        one.send(Frames.arp(1, 1));
        assertThat(down.received).isEmpty();
        assertThat(down.port.counters().dropped(DropReason.LINK_DOWN)).isEqualTo(2);
        assertThat(numbers(live)).containsExactly(1);
        down.port.link(true);
        one.send(Frames.unicast(1, 2, 2));
        assertThat(numbers(down)).containsExactly(2);
    }

    @Test
    void takingTheLinkDownDropsWhatWaitedAndLetsSendersGoOn() {
        TestNic one = test.nic(1, 0);
        TestNic two = test.nic(2, 0);
        for (int i = 0; i < QUEUE + 5; i++) {
            one.send(Frames.unicast(1, 2, i));
        }
        two.port.link(false);
        assertThat(one.unsent()).isZero();
        assertThat(two.port.queued()).isZero();
        assertThat(two.port.counters().dropped(DropReason.LINK_DOWN)).isEqualTo(QUEUE + 5);
        two.port.link(true);
        one.send(Frames.unicast(1, 2, 77));
        two.post(1);
        assertThat(numbers(two)).containsExactly(77);
    }

    /** Both directions at once between two VMs whose rings fill each other's: no deadlock. */
    @Test
    void twoVmsThatWaitForEachOtherBothGoOn() {
        TestNic one = test.nic(1, 0);
        TestNic two = test.nic(2, 0);
        for (int i = 0; i < 1000; i++) {
            one.send(Frames.unicast(1, 2, i));
            two.send(Frames.unicast(2, 1, i));
        }
        for (int i = 0; i < 100; i++) {
            one.post(10);
            two.post(10);
        }
        assertThat(numbers(one)).isEqualTo(upTo(1000));
        assertThat(numbers(two)).isEqualTo(upTo(1000));
    }
}
