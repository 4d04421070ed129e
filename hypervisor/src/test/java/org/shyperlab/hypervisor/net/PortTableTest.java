package org.shyperlab.hypervisor.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PortTableTest {
    @Test
    void everyPortIsALineWithItsCountersAndReasons() {
        TestNetwork test = new TestNetwork();
        TestNic two = test.nic(2, 5);
        TestNic one = test.nic(1, 5);
        test.network.add(VirtualSwitch.NO_VM, "uplink", MacAddress.of(2, 0, 0, 0, 0, 2));
        one.send(Frames.unicast(1, 2, 0));
        one.send(Frames.unicast(1, 9, 0));
        one.send(Frames.unicast(1, 9, 0));
        one.send(new byte[3]);
        two.send(Frames.arp(2, 0));
        assertThat(PortTable.of(test.network).lines().map(String::stripTrailing))
                .containsExactly("""
                vm   device       address           link    frames in       bytes in   frames out      bytes out  dropped
                -    uplink       02:00:00:00:00:02 down            0              0            0              0  1 down
                1    net1         74:56:aa:00:00:01 up              4            183            1             42  1 length, 2 unknown
                2    net2         74:56:aa:00:00:02 up              1             42            1             60  0
                """.lines().toArray(String[]::new));
    }
}
