package org.shyperlab.hypervisor.net;

import java.util.Arrays;

/**
 * Which port has which Ethernet address: the configured address of its NIC for as long as the port lives, and addresses that the switch
 * learned from frames. Those are bounded per port, so that no VM can push another's out, and end by age.
 *
 * <p>An open hash table with linear probing: looking up and learning allocate nothing.
 */
final class AddressTable {
    /** Learned addresses per port: a VM that bridges a few stations of its own. */
    static final int LEARNED_PER_PORT = 16;
    /** No port. */
    static final int NOBODY = -1;

    private static final long AGE_SECONDS = 300;
    /** How long an address must have been silent at one port before another may have it. */
    private static final long MOVE_SECONDS = 1;

    private static final int EMPTY = 0;

    private final int mask;
    private final long[] addresses;
    /** Port number + 1, negative for the NIC's own address; {@link #EMPTY} for a free slot. */
    private final int[] owners;

    private final long[] seen;
    /** How many addresses were learned at each port, and which: {@link #LEARNED_PER_PORT} places per port. */
    private final int[] learned;

    private final long[] learnedAddresses;
    private final long ageCycles;
    private final long moveCycles;

    /** An empty table for so many ports; {@code hertz} is the clock's. */
    AddressTable(int ports, long hertz) {
        int slots = Integer.highestOneBit(ports * (LEARNED_PER_PORT + 1)) * 4;
        mask = slots - 1;
        addresses = new long[slots];
        owners = new int[slots];
        seen = new long[slots];
        learned = new int[ports];
        learnedAddresses = new long[ports * LEARNED_PER_PORT];
        ageCycles = AGE_SECONDS * hertz;
        moveCycles = MOVE_SECONDS * hertz;
    }

    private static int port(int owner) {
        return Math.abs(owner) - 1;
    }

    private int home(long address) {
        // Fibonacci hashing: neighbouring addresses, as people give them, end far apart.
        return (int) (address * 0x9e37_79b9_7f4a_7c15L >>> 40) & mask;
    }

    /** The slot of {@code address}, or the free one where it would go. */
    private int slot(long address) {
        int slot = home(address);
        while (owners[slot] != EMPTY && addresses[slot] != address) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /** The port that has the address, or {@link #NOBODY}. */
    int portOf(long address, long now) {
        int slot = slot(address);
        int owner = owners[slot];
        return owner < 0 || owner > 0 && now - seen[slot] <= ageCycles ? port(owner) : NOBODY;
    }

    /** The port whose NIC has the address, or {@link #NOBODY}. */
    int nicOf(long address) {
        int owner = owners[slot(address)];
        return owner < 0 ? port(owner) : NOBODY;
    }

    /** The address is the one of the NIC at {@code port}, whoever used it before; no other NIC may have it. */
    void addNic(long address, int port) {
        int slot = slot(address);
        if (owners[slot] < 0) {
            throw new IllegalStateException(new MacAddress(address) + " belongs to another port");
        }
        if (owners[slot] != EMPTY) {
            unlist(address, port(owners[slot]));
        }
        addresses[slot] = address;
        owners[slot] = -(port + 1);
    }

    /**
     * A frame from {@code address} came from {@code port}.
     *
     * @return false when the address is another port's: its NIC's own, or used there within the last second
     */
    boolean learn(long address, int port, long now) {
        int slot = slot(address);
        int owner = owners[slot];
        if (owner < 0 || owner == port + 1) {
            seen[slot] = now;
            return port(owner) == port;
        }
        if (owner != EMPTY && now - seen[slot] <= moveCycles) {
            return false;
        }
        if (owner != EMPTY) {
            remove(slot);
        }
        if (learned[port] == LEARNED_PER_PORT) {
            removeOldest(port);
        }
        int free = slot(address);
        addresses[free] = address;
        owners[free] = port + 1;
        seen[free] = now;
        learnedAddresses[port * LEARNED_PER_PORT + learned[port]++] = address;
        return true;
    }

    private void removeOldest(int port) {
        int first = port * LEARNED_PER_PORT;
        int oldest = slot(learnedAddresses[first]);
        for (int i = 1; i < learned[port]; i++) {
            int slot = slot(learnedAddresses[first + i]);
            if (seen[slot] < seen[oldest]) {
                oldest = slot;
            }
        }
        remove(oldest);
    }

    private void unlist(long address, int port) {
        int at = port * LEARNED_PER_PORT;
        while (learnedAddresses[at] != address) {
            at++;
        }
        learnedAddresses[at] = learnedAddresses[port * LEARNED_PER_PORT + --learned[port]];
    }

    /** Forgets everything about {@code port}, whose NIC has the address {@code nic}. */
    void removePort(int port, long nic) {
        while (learned[port] > 0) {
            remove(slot(learnedAddresses[port * LEARNED_PER_PORT]));
        }
        remove(slot(nic));
    }

    /** Frees a slot and closes the gap, so that every entry is still found from its home. */
    private void remove(int slot) {
        if (owners[slot] > 0) {
            unlist(addresses[slot], port(owners[slot]));
        }
        int gap = slot;
        owners[gap] = EMPTY;
        for (int next = gap + 1 & mask; owners[next] != EMPTY; next = next + 1 & mask) {
            boolean homeBehindGap = (next - home(addresses[next]) & mask) >= (next - gap & mask);
            if (homeBehindGap) {
                addresses[gap] = addresses[next];
                owners[gap] = owners[next];
                seen[gap] = seen[next];
                owners[next] = EMPTY;
                gap = next;
            }
        }
        addresses[gap] = 0;
        seen[gap] = 0;
    }

    /** Addresses in the table, of NICs and learned, aged ones too. */
    int size() {
        return (int) Arrays.stream(owners).filter(owner -> owner != EMPTY).count();
    }

    /** Addresses learned at {@code port}, aged ones too. */
    int learnedAt(int port) {
        return learned[port];
    }
}
