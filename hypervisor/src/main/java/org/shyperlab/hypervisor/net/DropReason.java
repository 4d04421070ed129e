package org.shyperlab.hypervisor.net;

import org.jspecify.annotations.Nullable;

/** The rules by which the switch drops a frame. The first seven are counted at the port that sent it, the last two at its receiver. */
public enum DropReason {
    /** Shorter than a header or longer than Ethernet allows. */
    LENGTH("length", "a frame has 14 to 1514 bytes, 1518 with a VLAN tag"),
    /** The source is a group or zero. */
    SOURCE_NOT_A_STATION("source", "the source is the address of one station"),
    /** The source is the address of another port's NIC, or one that another port used a moment ago. */
    SOURCE_OF_ANOTHER("spoofed", "the source is not in use at another port"),
    /** No port is known to have the destination, or the sender's own has. */
    UNKNOWN_DESTINATION("unknown", null),
    /** A broadcast that is neither ARP nor DHCP. */
    BROADCAST("broadcast", null),
    /** IGMP and everything else to a group of IPv4 (01:00:5e). */
    IPV4_MULTICAST("multicast4", null),
    /** To another group: not 33:33, or 33:33 and not IPv6. */
    OTHER_MULTICAST("multicast", null),
    /** The receiver's link is down. */
    LINK_DOWN("down", null),
    /** The receiver's queue is full, and it has held senders up for longer than it may. */
    SLOW("slow", null);

    private final String label;
    private final @Nullable String broken;

    DropReason(String label, @Nullable String broken) {
        this.label = label;
        this.broken = broken;
    }

    /** One word for tables. */
    public String label() {
        return label;
    }

    /** The rule of Ethernet or of isolation that the sender broke; null for what a correct guest does too. */
    @Nullable
    String broken() {
        return broken;
    }
}
