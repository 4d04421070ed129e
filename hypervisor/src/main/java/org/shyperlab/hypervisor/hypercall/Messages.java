package org.shyperlab.hypervisor.hypercall;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.memory.GuestRam;

/** The message rings of all VMs. A message is followed by a notification of its receiver. */
final class Messages {
    private final VmManager manager;
    private final Map<Integer, MessageRing> rings = new TreeMap<>();
    /** By receiver and sender: the number of messages in the receiver's ring after the sender's last text. */
    private final Map<Integer, Map<Integer, Long>> lastTexts = new TreeMap<>();

    Messages(VmManager manager) {
        this.manager = manager;
    }

    /** A VM registers its ring; messages in an earlier one are gone. */
    void register(int vm, long slots, long counter) {
        GuestRam memory = manager.memory(vm);
        rings.put(vm, new MessageRing(memory, slots, counter));
        lastTexts.put(vm, new TreeMap<>());
    }

    /** The VM has stopped: its ring is gone, and so is what it wrote to others from the account. */
    void forget(int vm) {
        rings.remove(vm);
        lastTexts.remove(vm);
        lastTexts.values().forEach(senders -> senders.remove(vm));
    }

    @Nullable
    MessageRing ring(int vm) {
        return rings.get(vm);
    }

    /** Whether a VM can be written to by others: it has a ring and acknowledges what comes, which is how it says so. */
    boolean listens(int vm) {
        MessageRing ring = rings.get(vm);
        return ring != null && ring.isAcknowledging();
    }

    /** Ids of the VMs that have a ring, ascending. */
    Iterable<Integer> receivers() {
        return rings.keySet();
    }

    /** Sends a message; {@code event} is mostly the message's own. False when the VM has no ring or too many messages wait for it. */
    boolean send(int vm, Message message, int event, long a, long b, long c, long d) {
        MessageRing ring = rings.get(vm);
        if (ring == null || !ring.put(message.group().number(), event, a, b, c, d)) {
            return false;
        }
        notify(vm, ring, message.group().number(), event);
        return true;
    }

    private void notify(int vm, MessageRing ring, int group, int event) {
        if (ring.wantsNotification()) {
            manager.notify(vm, group, event, ring.isOriginal());
        }
    }

    /** As above, with the message's own event. */
    boolean send(int vm, Message message, long a, long b) {
        return send(vm, message, message.event(), a, b, 0, 0);
    }

    /**
     * Whether a VM takes a text from another one now. It does when it acknowledges messages, has a free slot and has read the sender's
     * last text: so nobody can fill a ring with texts, or overwrite what others sent.
     */
    boolean takesText(int from, int to) {
        MessageRing ring = rings.get(to);
        Map<Integer, Long> senders = lastTexts.get(to);
        return ring != null
                && senders != null
                && ring.isAcknowledging()
                && !ring.isFull()
                && ring.read() >= senders.getOrDefault(from, 0L);
    }

    /** Sends a text to a VM that {@link #takesText}. */
    void sendText(int from, int to, byte[] text) {
        MessageRing ring = rings.get(to);
        Map<Integer, Long> senders = lastTexts.get(to);
        if (ring == null || senders == null) {
            throw new IllegalStateException("VM " + to + " has no ring");
        }
        ring.putText(HypercallGroup.IVC.number(), Message.SEND_MSG.event(), from, text);
        senders.put(from, ring.written());
        notify(to, ring, HypercallGroup.IVC.number(), Message.SEND_MSG.event());
    }

    /** A VM has read {@code count} messages of its ring. */
    void acknowledge(int vm, MessageRing ring, long count) {
        manager.acknowledged(vm);
        if (ring.acknowledge(count)) {
            notify(vm, ring, HypercallGroup.IVC.number(), Message.SEND_MSG.event());
        }
    }
}
