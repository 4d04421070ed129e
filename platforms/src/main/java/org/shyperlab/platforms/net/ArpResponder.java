package org.shyperlab.platforms.net;

import org.shyperlab.hypervisor.net.EthernetFrame;
import org.shyperlab.hypervisor.net.MacAddress;

/** Says which station the gateway is (RFC 826). */
final class ArpResponder {
    private static final int LENGTH = 28;
    private static final int ETHERNET = 1;
    private static final int LENGTHS = MacAddress.LENGTH << 8 | Integer.BYTES;
    private static final int REQUEST = 1;
    private static final int REPLY = 2;

    // Fields.
    private static final int OPERATION = 6;
    private static final int SENDER_STATION = 8;
    private static final int SENDER_ADDRESS = 14;
    private static final int TARGET_STATION = 18;
    private static final int TARGET_ADDRESS = 24;

    private final GuestLink link;

    ArpResponder(GuestLink link) {
        this.link = link;
    }

    /** A frame with EtherType ARP; false when it asks nothing of the gateway. */
    boolean accept(byte[] frame, int offset, int length) {
        int in = offset + EthernetFrame.HEADER;
        if (length < EthernetFrame.HEADER + LENGTH
                || EthernetFrame.half(frame, in) != ETHERNET
                || EthernetFrame.half(frame, in + 2) != EthernetFrame.IPV4
                || EthernetFrame.half(frame, in + 4) != LENGTHS
                || EthernetFrame.half(frame, in + OPERATION) != REQUEST
                || EthernetFrame.word(frame, in + TARGET_ADDRESS) != Gateway.ADDRESS) {
            return false;
        }
        long asker = EthernetFrame.address(frame, in + SENDER_STATION);
        int askersAddress = EthernetFrame.word(frame, in + SENDER_ADDRESS);
        byte[] reply = link.frame();
        int out = EthernetFrame.HEADER;
        EthernetFrame.putHalf(reply, out, ETHERNET);
        EthernetFrame.putHalf(reply, out + 2, EthernetFrame.IPV4);
        EthernetFrame.putHalf(reply, out + 4, LENGTHS);
        EthernetFrame.putHalf(reply, out + OPERATION, REPLY);
        EthernetFrame.putAddress(reply, out + SENDER_STATION, Gateway.STATION.bits());
        EthernetFrame.putWord(reply, out + SENDER_ADDRESS, Gateway.ADDRESS);
        EthernetFrame.putAddress(reply, out + TARGET_STATION, asker);
        EthernetFrame.putWord(reply, out + TARGET_ADDRESS, askersAddress);
        link.send(new MacAddress(asker), EthernetFrame.ARP, LENGTH);
        return true;
    }
}
