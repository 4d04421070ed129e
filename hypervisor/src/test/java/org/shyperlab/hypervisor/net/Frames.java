package org.shyperlab.hypervisor.net;

import java.util.Arrays;

/** Frames for tests. */
final class Frames {
    static final MacAddress BROADCAST = new MacAddress(MacAddress.BROADCAST);
    private static final int IP = EthernetFrame.HEADER;
    private static final int UDP = IP + 20;

    private Frames() {}

    /** A frame of {@code length} bytes whose payload begins with {@code number}. */
    static byte[] frame(MacAddress to, MacAddress from, int type, int length, int number) {
        byte[] frame = new byte[length];
        if (length >= EthernetFrame.HEADER) {
            EthernetFrame.putHeader(frame, 0, to.bits(), from.bits(), type);
        }
        if (length >= EthernetFrame.HEADER + 4) {
            EthernetFrame.putWord(frame, EthernetFrame.HEADER, number);
        }
        return frame;
    }

    /** A short IPv4 frame between two VMs. */
    static byte[] unicast(int fromVm, int toVm, int number) {
        return frame(TestNetwork.address(toVm), TestNetwork.address(fromVm), EthernetFrame.IPV4, 60, number);
    }

    /** An ARP broadcast. */
    static byte[] arp(int fromVm, int number) {
        return frame(BROADCAST, TestNetwork.address(fromVm), EthernetFrame.ARP, 42, number);
    }

    /** A UDP broadcast between these ports. */
    static byte[] udpBroadcast(int fromVm, int sourcePort, int targetPort) {
        byte[] frame = frame(BROADCAST, TestNetwork.address(fromVm), EthernetFrame.IPV4, 342, 0);
        Arrays.fill(frame, IP, IP + 4, (byte) 0);
        frame[IP] = 0x45;
        frame[IP + 9] = 17;
        EthernetFrame.putHalf(frame, UDP, sourcePort);
        EthernetFrame.putHalf(frame, UDP + 2, targetPort);
        return frame;
    }

    static int number(byte[] frame) {
        return EthernetFrame.word(frame, EthernetFrame.HEADER);
    }
}
