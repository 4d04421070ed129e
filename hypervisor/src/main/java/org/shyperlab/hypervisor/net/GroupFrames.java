package org.shyperlab.hypervisor.net;

import org.jspecify.annotations.Nullable;

/**
 * Which frames to many stations pass: broadcasts of ARP and DHCP (RFC 2131), and IPv6 to its groups (33:33, RFC 2464, 7). The rest is
 * of no use between VMs and would let one make work for all.
 */
final class GroupFrames {
    private static final int IPV4_HEADER = 20;
    private static final int UDP_HEADER = 8;
    private static final int UDP = 17;
    /** More fragments, and the offset of this one. */
    private static final int FRAGMENT = 0x3fff;

    private static final int DHCP_SERVER = 67;
    private static final int DHCP_CLIENT = 68;

    private GroupFrames() {}

    /** Why a frame to the group {@code destination} is dropped, or null when it passes to all ports. */
    static @Nullable DropReason refusal(long destination, byte[] frame, int offset, int length) {
        int type = EthernetFrame.type(frame, offset);
        if (destination == MacAddress.BROADCAST) {
            boolean passes = type == EthernetFrame.ARP || type == EthernetFrame.IPV4 && isDhcp(frame, offset, length);
            return passes ? null : DropReason.BROADCAST;
        }
        if (destination >>> 32 == 0x3333) {
            return type == EthernetFrame.IPV6 ? null : DropReason.OTHER_MULTICAST;
        }
        // 01:00:5e and a zero bit (RFC 1112, 6.4)
        return destination >>> 23 == 0x01005eL << 1 ? DropReason.IPV4_MULTICAST : DropReason.OTHER_MULTICAST;
    }

    /** An unfragmented UDP datagram between the ports of DHCP; relays send from 67 to 67. */
    private static boolean isDhcp(byte[] frame, int offset, int length) {
        int ip = offset + EthernetFrame.HEADER;
        int left = length - EthernetFrame.HEADER;
        if (left < IPV4_HEADER || (frame[ip] & 0xf0) != 0x40 || frame[ip + 9] != UDP) {
            return false;
        }
        int header = (frame[ip] & 0xf) * 4;
        if (header < IPV4_HEADER || left < header + UDP_HEADER || (EthernetFrame.half(frame, ip + 6) & FRAGMENT) != 0) {
            return false;
        }
        int source = EthernetFrame.half(frame, ip + header);
        int target = EthernetFrame.half(frame, ip + header + 2);
        return target == DHCP_SERVER && (source == DHCP_CLIENT || source == DHCP_SERVER)
                || target == DHCP_CLIENT && source == DHCP_SERVER;
    }
}
