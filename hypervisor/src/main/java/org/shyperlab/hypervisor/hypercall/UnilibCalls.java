package org.shyperlab.hypervisor.hypercall;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * UNILIB: file calls of unikernels, which the management VM's daemon serves. To a VM with a message ring a call returns at once, and its
 * result comes as a message; a VM without one, as Unishyper, waits in the call for its result, as in Rust-Shyper. Paths and data go
 * through one buffer of the daemon, so calls of different VMs wait for each other; a VM has one at a time.
 */
final class UnilibCalls {
    private static final long OK = 0;
    /**
     * A call that waits or is served.
     *
     * @param vm whose call it is
     * @param call which one
     * @param memory address of its path or data in the VM, or 0
     * @param length bytes of path or data
     * @param reply how the VM learns the result
     */
    private record FileCall(int vm, Hypercall call, long memory, long length, long a, long b, long c, Reply reply) {
        FileCall unwanted() {
            return new FileCall(vm, call, memory, length, a, b, c, Reply.NONE);
        }
    }

    private enum Reply {
        /** By a message. */
        MESSAGE,
        /** It makes the same call again. */
        CALL,
        /** It has stopped. */
        NONE
    }

    /** A result that waits for its VM to make the call again. */
    private record Answer(FileCall file, long result) {}

    private final VmManager manager;
    private final Messages messages;
    private final Refusals refusals;
    private final ArrayDeque<FileCall> waiting = new ArrayDeque<>();
    private final Map<Integer, Answer> answers = new TreeMap<>();
    private @Nullable FileCall served;
    private long buffer;
    private long bufferSize;

    UnilibCalls(VmManager manager, Messages messages, Refusals refusals) {
        this.manager = manager;
        this.messages = messages;
        this.refusals = refusals;
    }

    long call(int caller, Hypercall call, long[] x) {
        return switch (call) {
            case APPEND -> append(x[0], x[1]);
            case FINISHED -> finished(caller, call, x[0], x[1]);
            default -> accept(caller, file(caller, call, x, Reply.MESSAGE));
        };
    }

    /** A call of a VM that waits in it, and makes it again and again until there is a result. */
    long callOrWait(int caller, Hypercall call, long[] x) {
        if (call == Hypercall.APPEND || call == Hypercall.FINISHED) {
            return call(caller, call, x);
        }
        FileCall file = file(caller, call, x, Reply.CALL);
        if (!answers.containsKey(caller) && !file.equals(callOf(caller))) {
            long refused = accept(caller, file);
            if (refused != OK) {
                return refused;
            }
        }
        // A guest that makes another call than before has given that one up.
        Answer answer = answers.remove(caller);
        return answer == null
                ? Hypercalls.AGAIN
                : answer.file().equals(file) ? answer.result() : callOrWait(caller, call, x);
    }

    private static FileCall file(int caller, Hypercall call, long[] x, Reply reply) {
        return switch (call) {
            case OPEN -> new FileCall(caller, call, x[0], x[1], x[1], x[2], 0, reply);
            case STAT, UNLINK -> new FileCall(caller, call, x[0], x[1], x[1], 0, 0, reply);
            case READ, WRITE -> new FileCall(caller, call, x[1], x[2], x[0], x[2], 0, reply);
            case CLOSE -> new FileCall(caller, call, 0, 0, x[0], 0, 0, reply);
            case LSEEK -> new FileCall(caller, call, 0, 0, x[0], x[1], x[2], reply);
            default -> new FileCall(caller, call, 0, 0, 0, 0, 0, reply);
        };
    }

    /** A daemon serves from now on. What its predecessor had not done has failed. */
    private long append(long ipa, long size) {
        FileCall lost = served;
        served = null;
        buffer = ipa;
        bufferSize = size;
        if (lost != null) {
            answer(lost, HypercallError.FAILED.code());
        }
        serveNext();
        return OK;
    }

    private long accept(int caller, FileCall file) {
        if (bufferSize == 0) {
            return refusals.refuse(caller, file.call(), HypercallError.WRONG_STATE, "nobody serves files");
        }
        if (file.reply() == Reply.MESSAGE && messages.ring(caller) == null) {
            return refusals.refuse(
                    caller, file.call(), HypercallError.WRONG_STATE, "the VM has no message ring for the result");
        }
        if (file.length() > bufferSize) {
            return refusals.refuse(
                    caller,
                    file.call(),
                    HypercallError.BAD_ARGUMENT,
                    "%d bytes, and the daemon's buffer has %d",
                    file.length(),
                    bufferSize);
        }
        if (callOf(caller) != null) {
            return HypercallError.NO_RESOURCES.code();
        }
        waiting.add(file);
        serveNext();
        return OK;
    }

    private @Nullable FileCall callOf(int vm) {
        for (FileCall file : waiting) {
            if (file.vm() == vm) {
                return file;
            }
        }
        return served != null && served.vm() == vm ? served : null;
    }

    private void serveNext() {
        while (served == null && !waiting.isEmpty()) {
            FileCall file = waiting.remove();
            boolean brings = file.length() > 0 && file.call() != Hypercall.READ;
            boolean there = !brings
                    || manager.memory(file.vm())
                            .copyTo(file.memory(), manager.memory(VmManager.MANAGEMENT_VM), buffer, file.length());
            served = file;
            if (!there
                    || !messages.send(
                            VmManager.MANAGEMENT_VM,
                            Message.FILE_CALL,
                            file.call().event(),
                            file.vm(),
                            file.a(),
                            file.b(),
                            file.c())) {
                served = null;
                answer(file, HypercallError.FAILED.code());
            }
        }
    }

    private long finished(int caller, Hypercall call, long vm, long result) {
        FileCall file = served;
        if (file == null || file.vm() != vm) {
            return refusals.refuse(caller, call, HypercallError.WRONG_STATE, "VM %d has no file call", vm);
        }
        served = null;
        long told = result;
        boolean brings = file.reply() != Reply.NONE && file.call() == Hypercall.READ && result > 0;
        if (brings
                && (result > file.length()
                        || !manager.memory(VmManager.MANAGEMENT_VM)
                                .copyTo(buffer, manager.memory(file.vm()), file.memory(), result))) {
            told = HypercallError.FAILED.code();
        }
        answer(file, told);
        serveNext();
        return OK;
    }

    private void answer(FileCall file, long result) {
        if (file.reply() == Reply.CALL) {
            answers.put(file.vm(), new Answer(file, result));
            manager.retry(file.vm());
        } else if (file.reply() == Reply.MESSAGE) {
            messages.send(
                    file.vm(),
                    Message.FILE_DONE,
                    Message.FILE_DONE.event(),
                    file.vm(),
                    file.call().event(),
                    result,
                    0);
        }
    }

    /** A VM has stopped: it waits for nothing any more, and the daemon closes its files, so that no other VM with its id gets them. */
    void forget(int vm) {
        waiting.removeIf(file -> file.vm() == vm);
        answers.remove(vm);
        if (vm == VmManager.MANAGEMENT_VM) {
            bufferSize = 0;
            if (served != null) {
                waiting.addFirst(served);
                served = null;
            }
            while (!waiting.isEmpty()) {
                answer(waiting.remove(), HypercallError.FAILED.code());
            }
            return;
        }
        if (served != null && served.vm() == vm) {
            served = served.unwanted();
        }
        if (bufferSize != 0) {
            waiting.add(new FileCall(vm, Hypercall.FS_INIT, 0, 0, 0, 0, 0, Reply.NONE));
            serveNext();
        }
    }
}
