package org.shyperlab.hypervisor.hypercall;

import java.util.ArrayDeque;
import org.shyperlab.hypervisor.memory.GuestRam;

/**
 * A VM's message ring: a page of 8 slots of 512 bytes in its RAM. Message n, counted from 0, is in slot n modulo 8. When the VM gave a
 * second page, its first word is the number of messages written so far, and is written after the message.
 *
 * <p>As in Rust-Shyper a message overwrites the one eight before it. A VM that acknowledges what it read never loses one: from its first
 * acknowledgement on, messages wait here until a slot is free.
 *
 * <p>A VM that shares counters acknowledges by writing into the second page, and says there when it need not be notified: so a busy
 * VM neither makes a call nor is interrupted for a message.
 */
final class MessageRing {
    /** Slots of the ring. */
    static final int SLOTS = 8;
    /** Bytes of a slot. */
    static final int SLOT_SIZE = 512;
    /** A text of another VM follows the six words that every message has. */
    static final int TEXT_OFFSET = 48;
    /** Bytes of the longest text. */
    static final int LONGEST_TEXT = SLOT_SIZE - TEXT_OFFSET;

    private static final int MOST_WAITING = 64;
    // Words of the second page; the first is the number of messages written.
    private static final int READ = 8;
    private static final int WAITING = 16;
    private static final int AWAKE = 24;

    private final GuestRam memory;
    private final long slots;
    private final long counter;
    private final ArrayDeque<long[]> waiting = new ArrayDeque<>();
    private long written;
    private long read;
    private boolean acknowledges;
    private boolean sharesCounters;

    /** The ring at {@code slots}, with its counter at {@code counter}, or 0 for none. */
    MessageRing(GuestRam memory, long slots, long counter) {
        this.memory = memory;
        this.slots = slots;
        this.counter = counter;
        count();
    }

    /** Messages written so far. */
    long written() {
        return written;
    }

    /** Messages that the VM has acknowledged. */
    long read() {
        if (sharesCounters) {
            long told = memory.readWord(counter + READ);
            if (told > read && told <= written) {
                read = told;
            }
        }
        return read;
    }

    /** The VM acknowledges in the second page from now on, which it must have given; false when it has not. */
    boolean shareCounters() {
        if (counter == 0) {
            return false;
        }
        acknowledges = true;
        memory.writeWord(counter + READ, read);
        memory.writeWord(counter + WAITING, waiting.size());
        memory.writeWord(counter + AWAKE, 0);
        sharesCounters = true;
        return true;
    }

    /** Whether the VM is to be told of a message. */
    boolean wantsNotification() {
        return !sharesCounters || memory.readWord(counter + AWAKE) == 0;
    }

    /** Whether the VM asked for no more than Rust-Shyper has: it has no counters and acknowledges nothing. */
    boolean isOriginal() {
        return counter == 0 && !acknowledges;
    }

    /** Whether the VM acknowledges messages, so that none is lost. */
    boolean isAcknowledging() {
        return acknowledges;
    }

    /** Whether a message would overwrite one that has not been read, or overtake one that waits. */
    boolean isFull() {
        return acknowledges && (written - read() >= SLOTS || !waiting.isEmpty());
    }

    /** Writes a message, or lets it wait for a slot; false when too many wait. */
    boolean put(long group, long event, long a, long b, long c, long d) {
        if (!isFull()) {
            write(group, event, a, b, c, d);
            return true;
        }
        if (waiting.size() == MOST_WAITING) {
            return false;
        }
        waiting.add(new long[] {group, event, a, b, c, d});
        tellWaiting();
        return true;
    }

    private void tellWaiting() {
        if (sharesCounters) {
            memory.writeWord(counter + WAITING, waiting.size());
        }
    }

    /** Writes a text from another VM; only when the ring is not full. */
    void putText(long group, long event, int from, byte[] text) {
        memory.write(slot() + TEXT_OFFSET, text);
        write(group, event, from, text.length, 0, 0);
    }

    /**
     * The VM has read {@code count} messages, counted from the start. Returns whether messages that waited came into the ring.
     * Numbers that cannot be are false ones: they change nothing.
     */
    boolean acknowledge(long count) {
        if (count < read() || count > written) {
            return false;
        }
        acknowledges = true;
        read = count;
        boolean moved = false;
        while (!waiting.isEmpty() && written - read < SLOTS) {
            long[] words = waiting.remove();
            write(words[0], words[1], words[2], words[3], words[4], words[5]);
            moved = true;
        }
        if (moved) {
            tellWaiting();
        }
        return moved;
    }

    private long slot() {
        return slots + written % SLOTS * SLOT_SIZE;
    }

    private void write(long group, long event, long a, long b, long c, long d) {
        long slot = slot();
        memory.writeWord(slot, group);
        memory.writeWord(slot + 8, event);
        memory.writeWord(slot + 16, a);
        memory.writeWord(slot + 24, b);
        memory.writeWord(slot + 32, c);
        memory.writeWord(slot + 40, d);
        written++;
        count();
    }

    private void count() {
        if (counter != 0) {
            memory.writeWord(counter, written);
        }
    }
}
