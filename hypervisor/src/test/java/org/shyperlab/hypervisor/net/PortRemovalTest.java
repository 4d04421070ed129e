package org.shyperlab.hypervisor.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Nothing of a removed VM remains in the switch. */
class PortRemovalTest {
    private final TestNetwork test = new TestNetwork();
    private final TestNic one = test.nic(1, 100);
    private final TestNic two = test.nic(2, 0);

    @Test
    void itsAddressesAreFreeAgain() {
        MacAddress behind = MacAddress.of(2, 0, 0, 0, 0, 9);
        two.send(Frames.frame(TestNetwork.address(1), behind, 0x9999, 60, 0));
        assertThat(test.network.addresses()).isEqualTo(3);
        test.network.remove(two.port);
        assertThat(test.network.addresses()).isEqualTo(1);
        assertThat(test.network.refusal(TestNetwork.address(2))).isNull();
        one.send(Frames.unicast(1, 2, 0));
        one.send(Frames.frame(behind, TestNetwork.address(1), 0x9999, 60, 0));
        assertThat(one.port.counters().dropped(DropReason.UNKNOWN_DESTINATION)).isEqualTo(2);
    }

    @Test
    void sendersThatWaitedForItGoOn() {
        for (int i = 0; i < SwitchPort.QUEUE_FRAMES + 3; i++) {
            one.send(Frames.unicast(1, 2, i));
        }
        assertThat(one.unsent()).isPositive();
        test.network.remove(two.port);
        assertThat(one.unsent()).isZero();
        two.post(1000);
        assertThat(two.received).isEmpty();
    }

    @Test
    void itsFrameThatWaitedForAnotherGoesWithItAndThoseInQueuesArrive() {
        TestNic three = test.nic(3, 0);
        for (int i = 0; i < SwitchPort.QUEUE_FRAMES + 1; i++) {
            three.send(Frames.unicast(3, 2, i));
        }
        assertThat(three.send(Frames.unicast(3, 2, 0))).isFalse();
        test.network.remove(three.port);
        byte[] late = Frames.unicast(3, 1, 0);
        assertThat(three.port.offer(late, 0, late.length)).isTrue();
        two.post(1000);
        assertThat(two.received).hasSize(SwitchPort.QUEUE_FRAMES);
        test.pass(TestNetwork.SECOND);
        assertThat(test.isWatching()).isFalse();
    }

    @Test
    void theTimeThatItWaitedForAnotherStaysSpent() {
        TestNic three = test.nic(3, 0);
        for (int i = 0; i < SwitchPort.QUEUE_FRAMES + 1; i++) {
            three.send(Frames.unicast(3, 2, i));
        }
        test.pass(60 * TestNetwork.MILLISECOND);
        test.network.remove(three.port);
        test.pass(TestNetwork.SECOND);
        one.send(Frames.unicast(1, 2, 0));
        one.send(Frames.unicast(1, 2, 1));
        test.pass(40 * TestNetwork.MILLISECOND - 1);
        assertThat(one.unsent()).isEqualTo(1);
        test.pass(1);
        assertThat(one.unsent()).isZero();
    }

    @Test
    void whatItsDeviceStillSendsGoesNowhereEvenWhenItsPlaceIsTaken() {
        test.network.remove(two.port);
        TestNic successor = test.nic(2, 10);
        assertThat(two.send(Frames.unicast(2, 1, 0))).isTrue();
        assertThat(one.received).isEmpty();
        assertThat(two.port.counters().framesIn()).isZero();
        one.send(Frames.unicast(1, 2, 0));
        assertThat(successor.received).hasSize(1);
    }

    @Test
    void removingTwiceTakesNothingFromItsSuccessor() {
        test.network.remove(two.port);
        TestNic successor = test.nic(2, 10);
        test.network.remove(two.port);
        one.send(Frames.unicast(1, 2, 0));
        assertThat(successor.received).hasSize(1);
        assertThat(test.network.ports()).extracting(SwitchPort::owner).containsExactly(1, 2);
    }
}
