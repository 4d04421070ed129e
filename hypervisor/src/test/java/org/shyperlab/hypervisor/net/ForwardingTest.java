package org.shyperlab.hypervisor.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets which frame, and under which rule the others are counted. */
class ForwardingTest {
    private static final MacAddress STRANGER = MacAddress.of(2, 0, 0, 0, 0, 99);

    private final TestNetwork test = new TestNetwork();
    private final TestNic one = test.nic(1, 100);
    private final TestNic two = test.nic(2, 100);
    private final TestNic three = test.nic(3, 100);

    private static MacAddress address(int vm) {
        return TestNetwork.address(vm);
    }

    private void assertDropped(TestNic sender, byte[] frame, DropReason reason) {
        long before = sender.port.counters().dropped(reason);
        long all = sender.port.counters().dropped();
        int received = one.received.size() + two.received.size() + three.received.size();
        assertThat(sender.send(frame)).isTrue();
        assertThat(sender.port.counters().dropped(reason)).isEqualTo(before + 1);
        assertThat(sender.port.counters().dropped()).isEqualTo(all + 1);
        assertThat(one.received.size() + two.received.size() + three.received.size())
                .isEqualTo(received);
    }

    @Test
    void aFrameToOneStationReachesItAloneAndUnchanged() {
        byte[] frame = Frames.frame(address(2), address(1), 0x9999, 1514, 7);
        new Random(1).nextBytes(frame);
        EthernetFrame.putHeader(frame, 0, address(2).bits(), address(1).bits(), 0x9999);
        one.send(frame);
        assertThat(two.received).containsExactly(frame);
        assertThat(one.received).isEmpty();
        assertThat(three.received).isEmpty();
    }

    @Test
    void countersCountFramesAndBytesBothWays() {
        one.send(Frames.frame(address(2), address(1), 0x9999, 100, 0));
        one.send(Frames.frame(address(2), address(1), 0x9999, 200, 0));
        one.send(Frames.arp(1, 0));
        PortCounters sender = one.port.counters();
        assertThat(sender.framesIn()).isEqualTo(3);
        assertThat(sender.bytesIn()).isEqualTo(342);
        assertThat(sender.framesOut()).isZero();
        PortCounters receiver = two.port.counters();
        assertThat(receiver.framesOut()).isEqualTo(3);
        assertThat(receiver.bytesOut()).isEqualTo(342);
        assertThat(three.port.counters().bytesOut()).isEqualTo(42);
        assertThat(sender.dropped() + receiver.dropped()).isZero();
    }

    @Test
    void anArpBroadcastReachesAllOthers() {
        byte[] frame = Frames.arp(1, 0);
        one.send(frame);
        assertThat(one.received).isEmpty();
        assertThat(two.received).containsExactly(frame);
        assertThat(three.received).containsExactly(frame);
    }

    /** The original's switch drops it, so that no guest could get its address from another (its defect 12). */
    @ParameterizedTest
    @CsvSource({"68, 67", "67, 68", "67, 67"})
    void aDhcpBroadcastReachesAllOthers(int from, int to) {
        one.send(Frames.udpBroadcast(1, from, to));
        assertThat(two.received).hasSize(1);
        assertThat(three.received).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"68, 68", "137, 137", "68, 69", "53, 67", "67, 53"})
    void otherUdpBroadcastsAreDropped(int from, int to) {
        assertDropped(one, Frames.udpBroadcast(1, from, to), DropReason.BROADCAST);
    }

    @Test
    void whatOnlyLooksLikeDhcpIsDropped() {
        byte[] tcp = Frames.udpBroadcast(1, 68, 67);
        tcp[EthernetFrame.HEADER + 9] = 6;
        assertDropped(one, tcp, DropReason.BROADCAST);
        byte[] fragment = Frames.udpBroadcast(1, 68, 67);
        fragment[EthernetFrame.HEADER + 7] = 1;
        assertDropped(one, fragment, DropReason.BROADCAST);
        byte[] firstFragment = Frames.udpBroadcast(1, 68, 67);
        firstFragment[EthernetFrame.HEADER + 6] = 0x20;
        assertDropped(one, firstFragment, DropReason.BROADCAST);
        byte[] shortHeader = Frames.udpBroadcast(1, 68, 67);
        shortHeader[EthernetFrame.HEADER] = 0x44;
        assertDropped(one, shortHeader, DropReason.BROADCAST);
        byte[] version6 = Frames.udpBroadcast(1, 68, 67);
        version6[EthernetFrame.HEADER] = 0x65;
        assertDropped(one, version6, DropReason.BROADCAST);
        byte[] cut = Arrays.copyOf(Frames.udpBroadcast(1, 68, 67), EthernetFrame.HEADER + 20 + 7);
        assertDropped(one, cut, DropReason.BROADCAST);
        assertDropped(one, Frames.frame(Frames.BROADCAST, address(1), 0x9999, 60, 0), DropReason.BROADCAST);
    }

    @Test
    void dhcpWithOptionsInItsIpHeaderPasses() {
        byte[] frame = Frames.udpBroadcast(1, 1, 1);
        frame[EthernetFrame.HEADER] = 0x46;
        EthernetFrame.putHalf(frame, EthernetFrame.HEADER + 24, 68);
        EthernetFrame.putHalf(frame, EthernetFrame.HEADER + 26, 67);
        one.send(frame);
        assertThat(two.received).hasSize(1);
    }

    @Test
    void groupsOfIpv6PassForIpv6Only() {
        MacAddress group = MacAddress.of(0x33, 0x33, 0, 0, 0, 1);
        one.send(Frames.frame(group, address(1), EthernetFrame.IPV6, 86, 0));
        assertThat(two.received).hasSize(1);
        assertThat(three.received).hasSize(1);
        assertDropped(one, Frames.frame(group, address(1), EthernetFrame.IPV4, 86, 0), DropReason.OTHER_MULTICAST);
    }

    @Test
    void igmpAndOtherGroupsAreDroppedUnderTheirOwnRules() {
        MacAddress allHosts = MacAddress.of(1, 0, 0x5e, 0, 0, 1);
        MacAddress spanningTree = MacAddress.of(1, 0x80, 0xc2, 0, 0, 0);
        MacAddress notIpv4 = MacAddress.of(1, 0, 0x5e, 0x80, 0, 1);
        assertDropped(one, Frames.frame(allHosts, address(1), EthernetFrame.IPV4, 60, 0), DropReason.IPV4_MULTICAST);
        assertDropped(one, Frames.frame(spanningTree, address(1), 0x27, 60, 0), DropReason.OTHER_MULTICAST);
        assertDropped(one, Frames.frame(notIpv4, address(1), EthernetFrame.IPV4, 60, 0), DropReason.OTHER_MULTICAST);
        assertThat(test.errors).isEmpty();
    }

    @Test
    void framesToNobodyAndToTheSenderItselfAreDropped() {
        assertDropped(one, Frames.frame(STRANGER, address(1), 0x9999, 60, 0), DropReason.UNKNOWN_DESTINATION);
        assertDropped(one, Frames.unicast(1, 1, 0), DropReason.UNKNOWN_DESTINATION);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "13", "1515", "1518", "1519", "65536"})
    void framesOfAWrongLengthAreDroppedAndReported(int length) {
        assertDropped(one, Frames.frame(address(2), address(1), 0x9999, length, 0), DropReason.LENGTH);
        assertThat(test.errors)
                .containsExactly(("net1: VM 1 sent a frame with length 0x%x: a frame has 14 to 1514 bytes, 1518 with"
                                + " a VLAN tag")
                        .formatted(length));
    }

    @ParameterizedTest
    @CsvSource({"14, 0x9999", "1514, 0x9999", "1518, 0x8100"})
    void framesOfEveryAllowedLengthPass(int length, String type) {
        one.send(Frames.frame(address(2), address(1), Integer.decode(type), length, 0));
        assertThat(two.received)
                .singleElement()
                .satisfies(frame -> assertThat(frame).hasSize(length));
    }

    @Test
    void aSourceThatIsNoStationIsDroppedAndReported() {
        assertDropped(one, Frames.frame(address(2), Frames.BROADCAST, 0x9999, 60, 0), DropReason.SOURCE_NOT_A_STATION);
        assertDropped(one, Frames.frame(address(2), new MacAddress(0), 0x9999, 60, 0), DropReason.SOURCE_NOT_A_STATION);
        assertThat(test.errors).hasSize(2).first().asString().contains("source is the address of one station");
    }

    @Test
    void noPortStealsTheAddressOfAnothersNic() {
        assertDropped(three, Frames.unicast(2, 1, 0), DropReason.SOURCE_OF_ANOTHER);
        test.pass(1000 * TestNetwork.SECOND);
        assertDropped(three, Frames.arp(2, 0), DropReason.SOURCE_OF_ANOTHER);
        one.send(Frames.unicast(1, 2, 5));
        assertThat(two.received).hasSize(1);
        assertThat(three.received).isEmpty();
        assertThat(test.errors).hasSize(2).first().asString().startsWith("net3: VM 3 sent a frame with spoofed");
    }

    @Test
    void anAddressBehindAPortIsLearnedAndForgottenWithAge() {
        two.send(Frames.frame(address(3), STRANGER, 0x9999, 60, 0));
        one.send(Frames.frame(STRANGER, address(1), 0x9999, 60, 1));
        assertThat(two.received).hasSize(1);
        test.pass(300 * TestNetwork.SECOND);
        one.send(Frames.frame(STRANGER, address(1), 0x9999, 60, 2));
        assertThat(two.received).hasSize(2);
        test.pass(1);
        assertDropped(one, Frames.frame(STRANGER, address(1), 0x9999, 60, 3), DropReason.UNKNOWN_DESTINATION);
    }

    @Test
    void aLearnedAddressMovesWhenItsOldPortHasBeenSilentForASecond() {
        two.send(Frames.frame(address(1), STRANGER, 0x9999, 60, 0));
        test.pass(TestNetwork.SECOND);
        assertDropped(three, Frames.frame(address(1), STRANGER, 0x9999, 60, 0), DropReason.SOURCE_OF_ANOTHER);
        test.pass(1);
        three.send(Frames.frame(address(1), STRANGER, 0x9999, 60, 0));
        one.send(Frames.frame(STRANGER, address(1), 0x9999, 60, 0));
        assertThat(three.received).hasSize(1);
        assertThat(two.received).isEmpty();
    }

    @Test
    void aPortThatInventsAddressesPushesOutItsOwnOnly() {
        two.send(Frames.frame(address(1), STRANGER, 0x9999, 60, 0));
        for (int i = 0; i < 10_000; i++) {
            test.pass(1);
            three.send(Frames.frame(address(2), new MacAddress(0x0600_0000_0000L + i), 0x9999, 60, 0));
            two.post(1);
        }
        assertThat(test.network.addresses()).isEqualTo(3 + 1 + AddressTable.LEARNED_PER_PORT);
        int before = two.received.size();
        one.send(Frames.frame(STRANGER, address(1), 0x9999, 60, 0));
        assertThat(two.received).hasSize(before + 1);
    }

    @Test
    void noTwoPortsHaveTheSameNicAndNoNicHasAGroupsAddress() {
        assertThat(test.network.refusal(address(2))).isEqualTo("74:56:aa:00:00:02 is the address of VM 2's net2");
        assertThat(test.network.refusal(Frames.BROADCAST)).contains("not the address of one station");
        assertThat(test.network.refusal(new MacAddress(0))).contains("not the address of one station");
        assertThatThrownBy(() -> test.network.add(9, "net9", address(2))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theSwitchHasSixtyFourPortsAndSaysSo() {
        for (int vm = 4; vm <= VirtualSwitch.MOST_PORTS; vm++) {
            test.nic(vm, 1);
        }
        one.send(Frames.arp(1, 0));
        assertThat(test.network.ports())
                .filteredOn(port -> port.counters().framesOut() == 1)
                .hasSize(63);
        assertThat(test.network.refusal(STRANGER)).isEqualTo("the switch has its 64 ports already");
    }

    @Test
    void noFrameMakesTheSwitchThrow() {
        Random random = new Random(20261120);
        long[] targets = {
            MacAddress.BROADCAST,
            0x3333_0000_0001L,
            0x0100_5e00_0001L,
            address(2).bits(),
            0
        };
        int[] types = {EthernetFrame.ARP, EthernetFrame.IPV4, EthernetFrame.IPV6, 0x8100, 0};
        for (int i = 0; i < 200_000; i++) {
            byte[] frame = new byte[random.nextInt(16) == 0 ? random.nextInt(1600) : random.nextInt(70)];
            random.nextBytes(frame);
            if (frame.length > EthernetFrame.HEADER && random.nextInt(8) != 0) {
                EthernetFrame.putHeader(
                        frame, 0, targets[random.nextInt(5)], address(1).bits(), types[random.nextInt(5)]);
                frame[EthernetFrame.HEADER] = (byte) (0x40 | random.nextInt(16));
            }
            two.post(1);
            three.post(1);
            assertThat(one.send(frame)).isTrue();
        }
        PortCounters counters = one.port.counters();
        assertThat(counters.framesIn()).isEqualTo(200_000);
        assertThat(counters.dropped()).isBetween(1_000L, 199_000L);
    }
}
