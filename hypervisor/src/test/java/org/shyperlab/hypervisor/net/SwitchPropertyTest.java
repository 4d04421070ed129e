package org.shyperlab.hypervisor.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random sequences of everything that can happen to a switch. */
class SwitchPropertyTest {
    private static final int VMS = 6;
    private static final int STEPS = 20_000;

    private final TestNetwork test = new TestNetwork();
    private final TestNic[] nics = new TestNic[VMS];
    /** Numbers that were sent from one VM to another, broadcasts among them, in order. */
    private final List<List<Integer>> sent = new ArrayList<>();

    private int sequence;

    SwitchPropertyTest() {
        for (int i = 0; i < VMS * VMS; i++) {
            sent.add(new ArrayList<>());
        }
        for (int vm = 0; vm < VMS; vm++) {
            nics[vm] = test.nic(vm, 0);
        }
    }

    private List<Integer> sent(int from, int to) {
        return sent.get(from * VMS + to);
    }

    private void sendSomething(Random random, int from) {
        // A whole ring, so that queues fill up.
        for (int left = 1 + random.nextInt(random.nextInt(20) == 0 ? 300 : 10); left > 0; left--) {
            int number = sequence++;
            int to = random.nextInt(VMS);
            boolean everybody = random.nextInt(10) == 0;
            for (int vm = 0; vm < VMS; vm++) {
                if (vm != from && (everybody || vm == to)) {
                    sent(from, vm).add(number);
                }
            }
            if (everybody) {
                nics[from].send(Frames.arp(from, number));
            } else if (to != from) {
                nics[from].send(Frames.unicast(from, to, number));
            }
        }
    }

    private static List<Integer> received(TestNic nic, int from) {
        return nic.received.stream()
                .filter(frame -> EthernetFrame.source(frame, 0)
                        == TestNetwork.address(from).bits())
                .map(Frames::number)
                .toList();
    }

    private static long lost(SwitchPort port) {
        return port.counters().dropped(DropReason.SLOW) + port.counters().dropped(DropReason.LINK_DOWN);
    }

    /** Everybody takes everything; what VMs sent to themselves is not a loss. */
    private void drain() {
        for (TestNic nic : nics) {
            nic.port.link(true);
            nic.post(1_000_000);
        }
        for (TestNic nic : nics) {
            assertThat(nic.unsent()).as(nic.port.name()).isZero();
            assertThat(nic.port.queued()).as(nic.port.name()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatWasAcceptedForALivePortIsDeliveredExactlyOnceAndInOrder(long seed) {
        Random random = new Random(seed);
        int waited = 0;
        for (int step = 0; step < STEPS; step++) {
            int vm = random.nextInt(VMS);
            if (random.nextInt(3) == 0) {
                sendSomething(random, vm);
            } else {
                nics[vm].post(random.nextInt(6));
            }
            waited += nics[vm].unsent() > 0 ? 1 : 0;
        }
        drain();
        assertThat(waited).as("steps at which somebody had to wait").isGreaterThan(STEPS / 50);
        for (int to = 0; to < VMS; to++) {
            assertThat(lost(nics[to].port)).isZero();
            for (int from = 0; from < VMS; from++) {
                assertThat(received(nics[to], from)).isEqualTo(sent(from, to));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void withDeadVmsAndResetsWhatIsMissingIsCountedAndTheRestIsInOrder(long seed) {
        Random random = new Random(seed);
        boolean[] dead = new boolean[VMS];
        for (int step = 0; step < STEPS; step++) {
            int vm = random.nextInt(VMS);
            switch (random.nextInt(8)) {
                case 0, 1 -> sendSomething(random, vm);
                case 2, 3, 4 -> nics[vm].post(dead[vm] ? 0 : random.nextInt(40));
                case 5 -> test.pass(random.nextInt((int) (5 * TestNetwork.MILLISECOND)));
                case 6 -> {
                    if (random.nextInt(nics[vm].port.isLinkUp() ? 40 : 2) == 0) {
                        nics[vm].port.link(!nics[vm].port.isLinkUp());
                    }
                }
                default -> {
                    if (random.nextInt(dead[vm] ? 20 : 100) == 0) {
                        dead[vm] = !dead[vm];
                        nics[vm].withdraw();
                    }
                }
            }
        }
        // Nobody is held up for ever, whatever the dead do.
        test.pass(VMS * TestNetwork.SECOND);
        for (TestNic nic : nics) {
            assertThat(nic.unsent()).as(nic.port.name()).isZero();
        }
        drain();
        long losses = 0;
        for (int to = 0; to < VMS; to++) {
            long expected = 0;
            for (int from = 0; from < VMS; from++) {
                assertThat(sent(from, to)).containsSubsequence(received(nics[to], from));
                assertThat(received(nics[to], from)).doesNotHaveDuplicates();
                expected += sent(from, to).size();
            }
            assertThat(nics[to].received.size() + lost(nics[to].port)).isEqualTo(expected);
            losses += lost(nics[to].port);
        }
        assertThat(losses).as("dead ports cost frames, live ones get most").isBetween(1L, sequence / 2L);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void portsThatComeAndGoAtAnyTimeLeaveNothingBehind(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            int vm = random.nextInt(VMS);
            switch (random.nextInt(6)) {
                case 0, 1 -> sendSomething(random, vm);
                case 2, 3 -> nics[vm].post(random.nextInt(20));
                case 4 -> test.pass(random.nextInt((int) TestNetwork.MILLISECOND));
                default -> {
                    if (random.nextInt(10) == 0) {
                        test.network.remove(nics[vm].port);
                        nics[vm] = test.nic(vm, 0);
                    }
                }
            }
            assertThat(test.network.ports()).hasSize(VMS);
        }
        test.pass(VMS * TestNetwork.SECOND);
        drain();
        for (TestNic nic : nics) {
            for (int from = 0; from < VMS; from++) {
                assertThat(received(nic, from)).doesNotHaveDuplicates().isSorted();
            }
            test.network.remove(nic.port);
        }
        assertThat(test.network.ports()).isEmpty();
        assertThat(test.network.addresses()).isZero();
    }
}
