package org.shyperlab.platforms.net;

import org.shyperlab.hypervisor.net.EthernetFrame;

/** The checksum of IPv4, ICMP, UDP and TCP (RFC 1071): over bytes that contain their correct checksum it is zero. */
final class InternetChecksum {
    private InternetChecksum() {}

    /** The checksum of {@code length} bytes. */
    static int of(byte[] bytes, int offset, int length) {
        return finish(sum(bytes, offset, length));
    }

    /** The checksum of a UDP datagram or TCP segment with its pseudo header (RFC 9293, 3.1). */
    static int of(byte[] bytes, int offset, int length, int protocol, int source, int destination) {
        long pseudo = (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
        return finish(pseudo + protocol + length + sum(bytes, offset, length));
    }

    private static long sum(byte[] bytes, int offset, int length) {
        long sum = 0;
        int end = offset + (length & ~1);
        for (int at = offset; at < end; at += 2) {
            sum += EthernetFrame.half(bytes, at);
        }
        return (length & 1) == 0 ? sum : sum + ((bytes[end] & 0xff) << 8);
    }

    private static int finish(long sum) {
        long folded = (sum & 0xffff) + (sum >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int) (~folded & 0xffff);
    }
}
