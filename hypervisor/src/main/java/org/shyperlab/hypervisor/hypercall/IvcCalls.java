package org.shyperlab.hypervisor.hypercall;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.shyperlab.hypervisor.memory.StageTwo;

/** IVC: messages, doorbells and shared memory between VMs. */
final class IvcCalls {
    private static final long OK = 0;

    /** Memory that a VM shares: its length, the VMs that may have it, and those of them that have mapped it. */
    private record Shared(long length, Set<Integer> receivers, Set<Integer> users) {}

    private final VmManager manager;
    private final Messages messages;
    private final Refusals refusals;
    private final Map<Integer, Shared> shared = new TreeMap<>();

    IvcCalls(VmManager manager, Messages messages, Refusals refusals) {
        this.manager = manager;
        this.messages = messages;
        this.refusals = refusals;
    }

    long call(int caller, Hypercall call, long[] arguments) {
        return switch (call) {
            case UPDATE_MQ -> {
                messages.register(caller, arguments[1], arguments[2]);
                yield OK;
            }
            case SEND_MSG -> send(caller, call, (int) arguments[0], arguments[1], (int) arguments[2]);
            case BROADCAST -> broadcast(caller, arguments[0], (int) arguments[1]);
            case ACK -> acknowledge(caller, call, arguments[0]);
            case SHARE_COUNTERS -> shareCounters(caller, call);
            case GET_TIME -> manager.nanoseconds();
            case SHARE_MEM -> share(caller, call, arguments[0], arguments[1]);
            case SEND_SHAREMEM -> offer(caller, call, (int) arguments[0]);
            case GET_SHARED_MEM_IPA -> map(caller, call, (int) arguments[0]);
            case SEND_SHAREMEM_TEST_SPEED -> ring(caller, call, (int) arguments[0], arguments[1]);
            default -> HypercallError.UNKNOWN_CALL.code();
        };
    }

    /** The VM has stopped: what it shared, and what it was allowed to have, is no more. */
    void forget(int vm) {
        shared.remove(vm);
        for (Shared memory : shared.values()) {
            memory.receivers().remove(vm);
            memory.users().remove(vm);
        }
    }

    private long send(int caller, Hypercall call, int to, long ipa, int length) {
        if (!messages.listens(to)) {
            return silent(caller, call, to);
        }
        if (!messages.takesText(caller, to)) {
            return HypercallError.NO_RESOURCES.code();
        }
        messages.sendText(caller, to, text(caller, ipa, length));
        return OK;
    }

    /** A VM that does not listen is, to others, as none: nobody learns from errors which VMs there are. */
    private long silent(int caller, Hypercall call, int to) {
        return refusals.refuse(caller, call, HypercallError.NO_SUCH_VM, "no VM %d acknowledges messages", to);
    }

    private long broadcast(int caller, long ipa, int length) {
        byte[] text = text(caller, ipa, length);
        long receivers = 0;
        for (int to : messages.receivers()) {
            if (to != caller && messages.takesText(caller, to)) {
                messages.sendText(caller, to, text);
                receivers++;
            }
        }
        return receivers;
    }

    private byte[] text(int caller, long ipa, int length) {
        byte[] text = new byte[length];
        manager.memory(caller).read(ipa, text);
        return text;
    }

    private long acknowledge(int caller, Hypercall call, long count) {
        MessageRing ring = messages.ring(caller);
        if (ring == null) {
            return refusals.refuse(caller, call, HypercallError.WRONG_STATE, "the VM has no message ring");
        }
        if (count < ring.read() || count > ring.written()) {
            return refusals.refuse(
                    caller,
                    call,
                    HypercallError.BAD_ARGUMENT,
                    "%d messages were read before and %d written, not %d",
                    ring.read(),
                    ring.written(),
                    count);
        }
        messages.acknowledge(caller, ring, count);
        return OK;
    }

    private long shareCounters(int caller, Hypercall call) {
        MessageRing ring = messages.ring(caller);
        if (ring == null || !ring.shareCounters()) {
            return refusals.refuse(
                    caller,
                    call,
                    HypercallError.WRONG_STATE,
                    "the VM has registered no message ring with a counters_ipa");
        }
        return OK;
    }

    private long share(int caller, Hypercall call, long type, long length) {
        if (type != Argument.SHARED) {
            return HypercallError.NOT_YET.code();
        }
        if (length == 0 || (length & StageTwo.PAGE - 1) != 0) {
            return refusals.refuse(
                    caller, call, HypercallError.BAD_ARGUMENT, "0x%x is not a number of whole pages", length);
        }
        if (shared.containsKey(caller)) {
            return refusals.refuse(caller, call, HypercallError.NO_RESOURCES, "the VM shares memory already");
        }
        long ipa = manager.share(caller, length);
        if (ipa >= 0) {
            shared.put(caller, new Shared(length, new TreeSet<>(), new TreeSet<>()));
        }
        return ipa;
    }

    private long offer(int caller, Hypercall call, int to) {
        Shared memory = shared.get(caller);
        if (memory == null) {
            return refusals.refuse(caller, call, HypercallError.WRONG_STATE, "the VM shares no memory (SHARE_MEM)");
        }
        if (memory.receivers().contains(to)) {
            return OK;
        }
        MessageRing ring = messages.ring(to);
        if (ring == null || !ring.isAcknowledging()) {
            return silent(caller, call, to);
        }
        if (ring.isFull()) {
            return HypercallError.NO_RESOURCES.code();
        }
        memory.receivers().add(to);
        messages.send(to, Message.SEND_SHAREMEM, caller, memory.length());
        return OK;
    }

    private boolean has(int owner, int user) {
        Shared memory = shared.get(owner);
        return memory != null && memory.receivers().contains(user);
    }

    private long map(int caller, Hypercall call, int owner) {
        if (!has(owner, caller)) {
            return refusals.refuse(caller, call, HypercallError.NOT_PERMITTED, "VM %d lets it have no memory", owner);
        }
        long ipa = manager.mapShared(owner, caller);
        Shared memory = shared.get(owner);
        if (ipa >= 0 && memory != null) {
            memory.users().add(caller);
        }
        return ipa;
    }

    private boolean uses(int user, int owner) {
        Shared memory = shared.get(owner);
        return memory != null && memory.users().contains(user);
    }

    /** A bell rings for a VM that has agreed to it: it mapped the caller's memory, or lets the caller have its own. */
    private long ring(int caller, Hypercall call, int to, long value) {
        if (!uses(to, caller) && !has(to, caller)) {
            return refusals.refuse(
                    caller, call, HypercallError.NOT_PERMITTED, "VM %d shares no memory with the caller", to);
        }
        MessageRing ring = messages.ring(to);
        if (ring == null) {
            return HypercallError.WRONG_STATE.code();
        }
        if (ring.isFull()) {
            return HypercallError.NO_RESOURCES.code();
        }
        messages.send(to, Message.DOORBELL, caller, value);
        return OK;
    }
}
