package org.shyperlab.platforms.net;

import org.shyperlab.hypervisor.net.MacAddress;

/** Addresses on the uplink's network 10.0.2.0/24, as users know them from QEMU's user network. */
final class Gateway {
    /** 10.0.2.2: the gateway, behind which the host's loopback address is. */
    static final int ADDRESS = 0x0a00_0202;
    /** 255.255.255.0. */
    static final int NETMASK = 0xffff_ff00;
    /** 10.0.2.15: the first address that DHCP gives. */
    static final int FIRST_GUEST = 0x0a00_020f;
    /** The gateway's station. */
    static final MacAddress STATION = MacAddress.of(0x02, 0x53, 0x68, 0x79, 0x00, 0x02);

    private static final int HOSTS = 0xff;

    private Gateway() {}

    /** Whether a guest may send from here: an address of the network that is neither the gateway's nor a broadcast. */
    static boolean isGuest(int address) {
        int host = address & HOSTS;
        return (address & NETMASK) == (ADDRESS & NETMASK) && address != ADDRESS && host != 0 && host != HOSTS;
    }
}
